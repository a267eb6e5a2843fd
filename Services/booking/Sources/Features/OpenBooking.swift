import API
import Auth
import JSON
import SQLite
import Telemetry
import Time
import TypedID

extension BookingService {
    /// `POST /v1/sessions/{session_id}/book`: opens a booking, which holds nothing yet.
    func openBooking(_ request: Request, _ caller: Principal) async throws -> Response {
        let user = try userID(of: caller)
        guard let sessionID = SessionID(request.parameter("session_id")) else { throw BookingRefusal.sessionNotFound }
        let news = try await unmetSession(sessionID, request.trace)
        let bookingID: BookingID = ids.next()
        return try await request.decide(in: database) { [clock, holdMilliseconds, hoarding] transaction in
            let now = clock.now()
            if let news { try transaction.meet(news, at: now) }
            guard let session = try transaction.inventory(of: sessionID), !session.isClosed else {
                throw BookingRefusal.sessionNotFound
            }
            let booking = try Booking.open(
                bookingID, by: user, in: sessionID, startingAt: session.startsAt, at: now,
                holdMilliseconds: holdMilliseconds)
            if let hoarding { try transaction.limitOpenBookings(of: user, hoarding, at: now) }
            try transaction.execute(
                """
                INSERT INTO bookings (id, user_id, session_id, created_at, closes_at, movie_id, place_id)
                SELECT \(booking.id), \(user), id, \(booking.createdAt), \(booking.closesAt), movie_id, place_id
                FROM sessions WHERE id = \(sessionID)
                """)
            try transaction.record(
                .opened(booking.id, by: user, closesAt: booking.closesAt), of: booking, at: now)
            return .json(201) { json in
                json.object("booking") { json in
                    json.field("id", booking.id)
                    json.field("session_id", booking.sessionID)
                    json.field("created_at", booking.createdAt)
                    json.field("closes_at", booking.closesAt)
                }
            }
        }
    }

    /// What catalog says of a session that booking has not met; nil for one that it has: from then on the inventory
    /// is booking's, and catalog is not needed.
    func unmetSession(_ id: SessionID, _ trace: TraceContext) async throws -> CatalogSession? {
        let known = try database.read { try $0.inventory(of: id) != nil }
        return known ? nil : try await catalog.session(id, trace)
    }
}

extension Transaction {
    fileprivate func limitOpenBookings(of user: UserID, _ limits: HoardingLimits, at now: Timestamp) throws {
        let open = try first(
            """
            SELECT count(*) FROM bookings WHERE user_id = \(user) AND closes_at > \(now)
                AND confirmed_at IS NULL AND cancelled_at IS NULL AND expired_at IS NULL
            """
        ) { try $0.int(0) }
        if (open ?? 0) >= limits.openBookings { throw BookingRefusal.tooManyOpenBookings(most: limits.openBookings) }
    }
}
