import SQLite
import Time

extension Transaction {
    /// Takes over a session's allocation, prices, names and seats, unless another request did so a moment ago, or it is
    /// closed: what catalog said of it came before that.
    func meet(_ session: CatalogSession, at now: Timestamp) throws {
        let isClosed = try first("SELECT 1 FROM closed_sessions WHERE id = \(session.id)") { _ in true } ?? false
        guard !isClosed else { return }
        if let room = session.room {
            for seat in room.seats {
                try execute(
                    """
                    INSERT INTO seats (id, room_id, row_label, number, kind, x, y)
                    VALUES (\(seat.id), \(room.id), \(seat.row), \(seat.number), \(seat.kind), \(seat.x), \(seat.y))
                    ON CONFLICT (id) DO NOTHING
                    """)
            }
        }
        let added = try execute(
            """
            INSERT INTO sessions
                (id, starts_at, allocation, movie_id, movie_title, place_id, place_name, named_at, room_id, time_zone,
                room_name, place_address, place_city, duration, detailed_at)
            VALUES (\(session.id), \(session.startsAt), \(session.allocation), \(session.names.movieID),
                    \(session.names.movieTitle), \(session.names.placeID), \(session.names.placeName), \(now),
                    \(session.room?.id), \(session.timeZone), \(session.details?.roomName),
                    \(session.details?.placeAddress), \(session.details?.placeCity),
                    \(session.details?.durationMinutes), \(session.details.map { _ in now }))
            ON CONFLICT (id) DO NOTHING
            """)
        guard added > 0 else { return }
        try setTariffs(session.tariffs, of: session.id)
        let met = JournalEntry.met(
            allocation: session.allocation, startsAt: session.startsAt, room: session.room?.id)
        try record(met, of: session.id, at: now)
    }
}
