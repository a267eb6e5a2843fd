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
        return try await request.decide(in: database) { [clock, holdMilliseconds] transaction in
            let now = clock.now()
            if let news { try transaction.meet(news, at: now) }
            guard let session = try transaction.inventory(of: sessionID) else { throw BookingRefusal.sessionNotFound }
            let booking = try Booking.open(
                bookingID, by: user, in: sessionID, startingAt: session.startsAt, at: now,
                holdMilliseconds: holdMilliseconds)
            try transaction.execute(
                """
                INSERT INTO bookings (id, user_id, session_id, created_at, closes_at)
                VALUES (\(booking.id), \(user), \(sessionID), \(booking.createdAt), \(booking.closesAt))
                """)
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
    private func unmetSession(_ id: SessionID, _ trace: TraceContext) async throws -> CatalogSession? {
        let known = try database.read { try $0.inventory(of: id) != nil }
        return known ? nil : try await catalog.session(id, trace)
    }
}

extension Transaction {
    /// Takes over a session's allocation and names, unless another request did so a moment ago.
    fileprivate func meet(_ session: CatalogSession, at now: Timestamp) throws {
        try execute(
            """
            INSERT INTO sessions (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at)
            VALUES (\(session.id), \(session.startsAt), \(session.allocation), \(session.names.movieID),
                    \(session.names.movieTitle), \(session.names.placeID), \(session.names.placeName), \(now))
            ON CONFLICT (id) DO NOTHING
            """)
    }
}
