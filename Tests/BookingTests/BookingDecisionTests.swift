import BookingService
import Testing
import Time
import TypedID

@Suite struct BookingDecisionTests {
    static let start = Timestamp(rawValue: 1_000_000)
    static let closing = Timestamp(rawValue: 1_060_000)

    static func booking(
        _ seats: Booking.Seats = .none, confirmed: Int64? = nil, cancelled: Int64? = nil, expired: Int64? = nil
    ) -> Booking {
        Booking(
            id: BookingID(rawValue: 1), userID: UserID(rawValue: 2), sessionID: SessionID(rawValue: 3),
            createdAt: start, closesAt: closing, confirmedAt: confirmed.map(Timestamp.init(rawValue:)),
            cancelledAt: cancelled.map(Timestamp.init(rawValue:)), expiredAt: expired.map(Timestamp.init(rawValue:)),
            seats: seats)
    }

    @Test("a booking opens for its hold time, until the session begins")
    func open() throws {
        func opened(at now: Int64) throws -> Booking {
            try Booking.open(
                BookingID(rawValue: 1), by: UserID(rawValue: 2), in: SessionID(rawValue: 3),
                startingAt: Timestamp(rawValue: 2_000_000), at: Timestamp(rawValue: now), holdMilliseconds: 60_000)
        }
        #expect(try opened(at: 1_000_000) == Self.booking())
        #expect(try opened(at: 1_999_999).closesAt == Timestamp(rawValue: 2_059_999))
        #expect(throws: BookingRefusal.sessionStarted) { try opened(at: 2_000_000) }
    }

    @Test(
        "what a booking is, at the edges of its time",
        arguments: [
            (booking(), 1_059_999, .open), (booking(), 1_060_000, .expired), (booking(.held(2)), 1_059_999, .open),
            (booking(.held(2)), 1_060_000, .expired), (booking(.sold(2), confirmed: 1_059_999), 9_000_000, .confirmed),
            (booking(cancelled: 1_000_001), 9_000_000, .cancelled),
            (booking(.released(2), cancelled: 1_000_001), 1_000_002, .cancelled),
            // Its end was noted: a clock that steps back does not revive it.
            (booking(.released(2), expired: 1_060_000), 1_000_001, .expired),
        ] as [(Booking, Int64, Booking.Status)])
    func status(booking: Booking, now: Int64, status: Booking.Status) {
        #expect(booking.status(at: Timestamp(rawValue: now)) == status)
    }

    @Test(
        "what is over cannot be touched",
        arguments: [
            (booking(.sold(2), confirmed: 1_000_500), 1_000_600, .bookingConfirmed),
            (booking(.released(2), cancelled: 1_000_500), 1_000_600, .bookingCancelled),
            (booking(.held(2)), 1_060_000, .bookingExpired),
            (booking(.released(2), expired: 1_060_000), 1_000_600, .bookingExpired),
            (booking(.sold(2), confirmed: 1_000_500), 9_000_000, .bookingConfirmed),
        ] as [(Booking, Int64, BookingRefusal)])
    func untouchable(booking: Booking, now: Int64, refusal: BookingRefusal) {
        let now = Timestamp(rawValue: now)
        #expect(throws: refusal) { try booking.reserving(1, free: 100, at: now) }
        #expect(throws: refusal) { try booking.confirming(at: now) }
        #expect(throws: refusal) { try booking.cancelling(at: now) }
    }

    @Test(
        "the count that is wanted is a total: what the booking has already counts",
        arguments: [
            (.none, 3, 3, true), (.none, 4, 3, false), (.held(2), 5, 3, true), (.held(2), 6, 3, false),
            (.held(5), 1, 0, true), (.held(5), 5, 0, true), (.held(5), 6, 0, false), (.none, .max, 10, false),
            (.none, 1, 0, false),
        ] as [(Booking.Seats, Int64, Int64, Bool)])
    func reserving(seats: Booking.Seats, wanted: Int64, free: Int64, fits: Bool) {
        let changed = try? Self.booking(seats).reserving(wanted, free: free, at: Self.start)
        #expect(changed?.seats == (fits ? .held(wanted) : nil))
    }

    @Test("confirming sells what is held, and wants something to sell")
    func confirming() throws {
        let confirmed = try Self.booking(.held(4)).confirming(at: Self.start)
        #expect(confirmed.seats == .sold(4) && confirmed.confirmedAt == Self.start && confirmed.reservedSeats == 4)
        #expect(throws: BookingRefusal.noSeatsReserved) { try Self.booking().confirming(at: Self.start) }
    }

    @Test("cancelling gives back what is held, and keeps its number")
    func cancelling() throws {
        let cancelled = try Self.booking(.held(4)).cancelling(at: Self.start)
        #expect(cancelled.seats == .released(4) && cancelled.cancelledAt == Self.start && cancelled.reservedSeats == 4)
        #expect(try Self.booking().cancelling(at: Self.start).seats == .none)
    }
}
