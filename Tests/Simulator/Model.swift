/// The contract, as far as it is about what becomes of seats: no SQL, no cache, no shortcut.
struct Model {
    enum State: String { case open, confirmed, cancelled, expired }

    struct Session {
        let showing: Showing
        var startsAt: Int64
        var allocation: Int
        var price: Int64?
        /// Booking has taken it over from catalog.
        var isMet = false
        var isClosed = false
    }

    struct Booking {
        let id: Int64
        let user: Int64
        let session: Int
        let createdAt: Int64
        let closesAt: Int64
        /// `expired` once that is noted, or somebody was told so.
        var state = State.open
        var confirmedAt: Int64?
        /// When it was cancelled or refunded.
        var calledOffAt: Int64?
        /// What it has, or had last.
        var count = 0
        var seats: Set<Int64> = []
        /// What its seats cost, or cost last.
        var total: Int64?
        var refunded: Set<Int64> = []
        /// What its followers are to hear, in this order.
        var told: [Told] = []

        func state(at now: Int64) -> State { state == .open && now >= closesAt ? .expired : state }

        func holds(at now: Int64) -> Bool {
            let state = state(at: now)
            return state == .open || state == .confirmed
        }
    }

    struct Told: Equatable {
        let type: String
        let seats: Int
    }

    /// An answer that is kept under a key.
    struct Kept {
        let status: Int
        let answer: [UInt8]
        let request: [UInt8]
        let createdAt: Int64
    }

    static let holdMilliseconds: Int64 = 60_000
    static let keptMilliseconds: Int64 = 86_400_000

    var sessions: [Session]
    private(set) var bookings: [Int64: Booking] = [:]
    /// Of each session, those that have or may have seats.
    private(set) var live: [Set<Int64>]
    var kept: [String: Kept] = [:]
    private(set) var lastID: Int64 = 0

    init(beginning: Int64) {
        sessions = Showing.all.map {
            Session(
                showing: $0, startsAt: beginning + $0.startsIn * 60_000, allocation: $0.allocation, price: $0.price)
        }
        live = Showing.all.map { _ in [] }
    }

    /// Those that may end by the clock.
    var open: [Booking] { live.flatMap { $0.compactMap { bookings[$0] }.filter { $0.state == .open } } }

    mutating func add(_ booking: Booking) {
        bookings[booking.id] = booking
        live[booking.session].insert(booking.id)
        lastID = booking.id
    }

    mutating func change(_ id: Int64, _ type: String, _ body: (inout Booking) -> Void) {
        guard var booking = bookings[id] else { return }
        body(&booking)
        let hasEnded = booking.state == .cancelled || booking.state == .expired
        booking.told.append(Told(type: type, seats: booking.count))
        bookings[id] = booking
        if hasEnded { live[booking.session].remove(id) }
    }

    mutating func expire(_ id: Int64) {
        guard bookings[id]?.state == .open else { return }
        change(id, "booking.expired") { $0.state = .expired }
    }

    // MARK: Counting

    func taken(in session: Int, at now: Int64) -> Int {
        live[session].reduce(0) { sum, id in
            bookings[id].map { sum + ($0.holds(at: now) ? $0.count : 0) } ?? sum
        }
    }

    /// Seats that others have than the booking.
    func seatsTaken(in session: Int, besides booking: Int64 = 0, at now: Int64) -> Set<Int64> {
        live[session].reduce(into: []) { taken, id in
            if id != booking, let other = bookings[id], other.holds(at: now) { taken.formUnion(other.seats) }
        }
    }

    /// What the session's own row says: holds that have run out count until that is noted.
    func counters(of session: Int) -> (held: Int, sold: Int) {
        live[session].reduce(into: (0, 0)) { sums, id in
            guard let booking = bookings[id] else { return }
            if booking.state == .open { sums.0 += booking.count }
            if booking.state == .confirmed { sums.1 += booking.count }
        }
    }
}
