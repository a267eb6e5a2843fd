import SeatHistory

/// A history written by hand: one session of five seats, and moments in milliseconds.
struct Script {
    static let session = "ses_1"
    private var history: History

    /// - Parameter seats: their ids, where they have names.
    init(allocation: Int = 5, seats: [String] = [], hasBegun: Bool = false, ends: [Moment] = []) {
        let plan = PlannedSession(allocation: allocation, seats: Set(seats), hasBegun: hasBegun)
        history = History(
            sessions: [Self.session: plan], hold: 1_000_000_000, tolerance: 1_000_000, ends: ends.map { $0 * 1_000_000 }
        )
    }

    /// Opens a booking, for the second that follows `at`.
    mutating func open(_ booking: String, at: Moment) {
        let created = at * 1_000_000
        note(
            .open(session: Self.session), at, at + 1,
            .opened(booking: booking, createdAt: created, closesAt: created + 1_000_000_000))
    }

    mutating func note(_ act: Act, _ invoked: Moment, _ returned: Moment, _ outcome: Outcome) {
        history.entries.append(
            Entry(act, invoked: invoked * 1_000_000, returned: returned * 1_000_000, outcome))
    }

    mutating func reserve(
        _ booking: String, _ count: Int, _ invoked: Moment, _ returned: Moment, _ refusal: String? = nil
    ) {
        note(
            .reserve(booking: booking, count: count), invoked, returned,
            refusal.map { .refused($0) } ?? .has(count: count))
    }

    mutating func pick(_ booking: String, _ seats: Set<String>, _ invoked: Moment, _ returned: Moment) {
        note(.pick(booking: booking, seats: seats), invoked, returned, .has(count: seats.count, seats: seats))
    }

    mutating func confirm(_ booking: String, _ count: Int, _ invoked: Moment, _ returned: Moment) {
        note(.confirm(booking: booking), invoked, returned, .has(count: count))
    }

    mutating func look(_ allocation: Int, held: Int, sold: Int, taken: Set<String> = [], _ at: Moment) {
        let counts = SeatCounts(allocation: allocation, free: allocation - held - sold, held: held, sold: sold)
        note(.look(session: Self.session), at, at + 1, .looked(counts, taken: taken))
    }

    var rules: [Fault.Rule] { history.faults().map(\.rule) }
}
