/// Nanoseconds on a monotonic clock that all clients share.
public typealias Moment = Int64

/// What somebody asked for. Bookings, sessions and seats go by the ids that the API gives them.
public enum Act: Sendable, Equatable {
    case open(session: String)
    case reserve(booking: String, count: Int)
    case pick(booking: String, seats: Set<String>)
    case confirm(booking: String)
    case cancel(booking: String)
    case refund(booking: String)
    case allocate(session: String, count: Int)
    /// The seat map and its counts.
    case look(session: String)
    case show(booking: String)
}

/// What came back.
public enum Outcome: Sendable, Equatable {
    case opened(booking: String, createdAt: Moment, closesAt: Moment)
    /// Of reserve, confirm, cancel and refund: how many seats the booking has, or had. Reserve in a seated room names
    /// them.
    case has(count: Int, seats: Set<String> = [])
    case allocated(Int)
    case looked(SeatCounts, taken: Set<String>)
    case shown(status: String, count: Int)
    /// A 409, with the seats that its message names.
    case refused(String, seats: Set<String> = [])
    /// No answer, or one that says nothing about what was done: it may happen later, unless the service ends, or never.
    case unknown
    /// Something that no act may be answered.
    case unexpected(String)
}

/// What a seat map counts.
public struct SeatCounts: Sendable, Equatable {
    public var allocation: Int
    public var free: Int
    public var held: Int
    public var sold: Int

    public init(allocation: Int, free: Int, held: Int, sold: Int) {
        self.allocation = allocation
        self.free = free
        self.held = held
        self.sold = sold
    }
}

/// One request and its answer. What it did, it did between the two moments, unless its outcome is unknown.
public struct Entry: Sendable {
    public let act: Act
    public let invoked: Moment
    public let returned: Moment
    public let outcome: Outcome

    public init(_ act: Act, invoked: Moment, returned: Moment, _ outcome: Outcome) {
        self.act = act
        self.invoked = invoked
        self.returned = returned
        self.outcome = outcome
    }
}

/// A session as it was before anybody acted.
public struct PlannedSession: Sendable {
    public let allocation: Int
    /// Empty where seats are only counted.
    public let seats: Set<String>
    public let hasBegun: Bool

    public init(allocation: Int, seats: Set<String> = [], hasBegun: Bool = false) {
        self.allocation = allocation
        self.seats = seats
        self.hasBegun = hasBegun
    }
}

/// Everything that was asked and answered, by whomever, in whatever order.
public struct History: Sendable {
    public let sessions: [String: PlannedSession]
    /// How long a booking stays open.
    public let hold: Moment
    /// How far the services' clock may be from the clients', and a rounding to milliseconds.
    public let tolerance: Moment
    /// When booking was seen to be dead: whatever had failed by then cannot happen any more.
    public let ends: [Moment]
    public var entries: [Entry]

    /// - Parameter ends: in their order.
    public init(
        sessions: [String: PlannedSession], hold: Moment, tolerance: Moment, ends: [Moment] = [], entries: [Entry] = []
    ) {
        self.sessions = sessions
        self.hold = hold
        self.tolerance = tolerance
        self.ends = ends
        self.entries = entries
    }
}

extension Act {
    /// The booking that it is about; nil for one of a session.
    var booking: String? {
        switch self {
        case .reserve(let booking, _), .pick(let booking, _), .confirm(let booking), .cancel(let booking),
            .refund(let booking), .show(let booking):
            booking
        case .open, .allocate, .look: nil
        }
    }
}
