import TestSupport

/// Does one thing after the other, at random.
final class Customer {
    private let client: Client
    private let token: String
    private let staffToken: String
    /// Shared with the other client of the same user.
    private let own: Bookings
    private let sold: Bookings
    private var random: SeededGenerator

    init(
        _ client: Client, _ token: String, _ staffToken: String, own: Bookings, _ sold: Bookings,
        _ random: SeededGenerator
    ) {
        self.client = client
        self.token = token
        self.staffToken = staffToken
        self.own = own
        self.sold = sold
        self.random = random
    }

    func work(until end: Moment) {
        while Recorder.now() < end { act() }
    }

    private func act() {
        let choice = Int.random(in: 0..<100, using: &random)
        if choice < 8 { return open() }
        if choice < 15 { return look() }
        if choice < 23 { return refund() }
        guard let booking = choice < 33 ? lastMoment() : own.any(&random) else { return open() }
        switch Int.random(in: 0..<100, using: &random) {
        case ..<65: perform(reservation(of: booking))
        case ..<80: settle(.confirm(booking: booking.id), booking)
        case ..<90: settle(.cancel(booking: booking.id), booking)
        default: perform(.show(booking: booking.id))
        }
    }

    private func perform(_ act: Act) { client.perform(act, token: token) }

    private func open() {
        let session =
            (Venue.counted + Venue.seated + [Venue.begun])
            .randomElement(using: &random) ?? Venue.begun
        let outcome = client.perform(.open(session: session), token: token)
        guard case .opened(let id, _, let closesAt) = outcome else { return }
        own.add(Bookings.Known(id: id, session: session, closesAt: closesAt))
    }

    private func look() {
        let session = (Venue.counted + Venue.seated).randomElement(using: &random) ?? Venue.begun
        client.perform(.look(session: session), token: nil)
    }

    private func reservation(of booking: Bookings.Known) -> Act {
        if Venue.seated.contains(booking.session), Bool.random(using: &random) {
            // A block, or here and there.
            let count = Int.random(in: 1...4, using: &random)
            let first = Int.random(in: 0...Venue.seats.count - count, using: &random)
            let seats =
                Bool.random(using: &random)
                ? Array(Venue.seats[first..<first + count]) : Array(Venue.seats.shuffled(using: &random).prefix(count))
            return .pick(booking: booking.id, seats: Set(seats))
        }
        return .reserve(booking: booking.id, count: Int.random(in: 1...6, using: &random))
    }

    /// Settled bookings are mostly left alone from then on.
    private func settle(_ act: Act, _ booking: Bookings.Known) {
        guard case .has = client.perform(act, token: token) else { return }
        if case .confirm = act { sold.add(booking) }
        if Int.random(in: 0..<10, using: &random) > 0 { own.forget(booking) }
    }

    /// What an admin does for a customer; mostly what was confirmed lately.
    private func refund() {
        guard let booking = Int.random(in: 0..<10, using: &random) == 0 ? own.any(&random) : sold.take(&random) else {
            return open()
        }
        client.perform(.refund(booking: booking.id), token: staffToken)
    }

    /// Waits for the end of a booking that is about to run out: what is asked now arrives just before or after it.
    private func lastMoment() -> Bookings.Known? {
        let now = Recorder.now()
        guard let booking = own.next(after: now), booking.closesAt - now < 100_000_000 else { return own.any(&random) }
        Recorder.sleep(until: booking.closesAt + .random(in: -4_000_000...2_000_000, using: &random))
        return booking
    }
}

/// Changes how much is on sale, and gives back what was sold: there is always something to sell.
final class Staff {
    private let client: Client
    private let token: String
    private let sold: Bookings
    private var random: SeededGenerator

    init(_ client: Client, _ token: String, _ sold: Bookings, _ random: SeededGenerator) {
        self.client = client
        self.token = token
        self.sold = sold
        self.random = random
    }

    func work(until end: Moment) {
        while Recorder.now() < end {
            if Bool.random(using: &random), let booking = sold.take(&random) {
                client.perform(.refund(booking: booking.id), token: token)
                continue
            }
            let session = (Venue.counted + Venue.seated).randomElement(using: &random) ?? Venue.begun
            let count = Int.random(in: Venue.allocations(of: session), using: &random)
            client.perform(.allocate(session: session, count: count), token: token)
        }
    }
}
