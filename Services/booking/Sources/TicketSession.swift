import API
import SQLite
import Telemetry
import Time
import TypedID

/// A session as its tickets have it.
struct TicketSession: Sendable, Equatable {
    let id: SessionID
    let startsAt: Timestamp
    /// The place's, by its name in the IANA database.
    let timeZone: String
    let names: SessionNames
    /// Nil until catalog has told them.
    var details: SessionDetails?
    fileprivate let detailedAt: Timestamp?

    func hours(opensMinutesBefore minutes: Int64) -> DoorHours {
        DoorHours(startsAt: startsAt, durationMinutes: details?.durationMinutes, opensMinutesBefore: minutes)
    }
}

extension BookingService {
    /// The session of a booking, with what catalog was asked for when that was never told, or a while ago. While catalog
    /// does not answer, what is known serves.
    func ticketSession(_ id: SessionID, _ trace: TraceContext) async throws -> TicketSession {
        guard var session = try database.read({ try $0.ticketSession(id) }) else {
            throw BookingRefusal.sessionNotFound
        }
        let now = clock.now()
        let old = now.advanced(byMilliseconds: -Self.namesStayFreshMilliseconds)
        if let told = session.detailedAt, told >= old { return session }
        guard let details = try? await catalog.details(of: id, trace) else { return session }
        session.details = details
        // A write that fails is made up for by the next reader.
        _ = try? await database.write { transaction in
            try transaction.execute(
                """
                UPDATE sessions SET room_name = \(details.roomName), place_address = \(details.placeAddress),
                    place_city = \(details.placeCity), duration = \(details.durationMinutes), detailed_at = \(now)
                WHERE id = \(id)
                """)
        }
        return session
    }
}

extension Connection {
    func ticketSession(_ id: SessionID) throws -> TicketSession? {
        try first(
            """
            SELECT starts_at, time_zone, movie_id, movie_title, place_id, place_name, detailed_at, room_name,
                place_address, place_city, duration
            FROM sessions WHERE id = \(id)
            """
        ) { row in
            let detailedAt = try row.valueOrNil(6, as: Timestamp.self)
            let details = try detailedAt.map { _ in
                SessionDetails(
                    roomName: try row.text(7), placeAddress: try row.text(8), placeCity: try row.text(9),
                    durationMinutes: try row.int(10))
            }
            return TicketSession(
                id: id, startsAt: try row.value(0), timeZone: try row.text(1),
                names: SessionNames(
                    movieID: try row.value(2), movieTitle: try row.text(3), placeID: try row.value(4),
                    placeName: try row.text(5)),
                details: details, detailedAt: detailedAt)
        }
    }
}
