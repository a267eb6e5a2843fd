import SQLite
import Time
import TypedID

extension Connection {
    /// Makes sure that a room is free for a movie: what runs there before has ended, and what runs after has not begun,
    /// with the place's turnaround between them. A session that is about to be moved takes its new time, too.
    /// - Parameters:
    ///   - duration: minutes.
    ///   - turnaround: milliseconds between the end of a movie and the start of the next, where the place does not say.
    ///   - session: one that does not count, as it is the one to be moved.
    /// - Throws: `sessionOverlaps`.
    func checkRoom(
        _ room: RoomID, isFreeAt start: Timestamp, duration: Int64, turnaround: Int64, but session: SessionID? = nil
    ) throws {
        let own = session ?? SessionID(rawValue: 0)
        let ofPlace = try first(
            "SELECT p.turnaround_minutes FROM rooms r JOIN places p ON p.id = r.place_id WHERE r.id = \(room)"
        ) { try $0.intOrNil(0) }
        let turnaround = ofPlace.flatMap(\.self).map { $0 * 60_000 } ?? turnaround
        let end = start.advanced(byMilliseconds: duration * 60_000 + turnaround)
        // Whatever begins earlier has ended: no movie has more minutes than these.
        let earliest = start.advanced(byMilliseconds: -(1000 * 60_000 + turnaround))
        let other = try first(
            """
            SELECT s.id FROM sessions s CROSS JOIN movies m ON m.id = s.movie_id
            WHERE s.room_id = \(room) AND s.starts_at > \(earliest) AND s.starts_at < \(end) AND s.id <> \(own)
                AND s.starts_at + m.duration * 60000 + \(turnaround) > \(start)
            LIMIT 1
            """
        ) { try $0.value(0, as: SessionID.self) }
        let moving = try first(
            """
            SELECT s.id FROM session_changes c CROSS JOIN sessions s ON s.id = c.session_id
                CROSS JOIN movies m ON m.id = s.movie_id
            WHERE c.room_id = \(room) AND c.starts_at > \(earliest) AND c.starts_at < \(end) AND s.id <> \(own)
                AND c.starts_at + m.duration * 60000 + \(turnaround) > \(start)
            LIMIT 1
            """
        ) { try $0.value(0, as: SessionID.self) }
        if let other = other ?? moving { throw CatalogRefusal.sessionOverlaps(other) }
    }

    /// Makes sure that a longer movie does not run into what follows it in any room, from now on.
    /// - Throws: `sessionOverlaps`.
    func checkSessions(of movie: MovieID, canLast duration: Int64, turnaround: Int64, from now: Timestamp) throws {
        let upcoming = try rows(
            "SELECT id, room_id, starts_at FROM sessions WHERE movie_id = \(movie) AND starts_at > \(now)"
        ) { row in
            (
                id: try row.value(0, as: SessionID.self), room: try row.value(1, as: RoomID.self),
                startsAt: try row.value(2, as: Timestamp.self)
            )
        }
        for session in upcoming {
            try checkRoom(
                session.room, isFreeAt: session.startsAt, duration: duration, turnaround: turnaround, but: session.id)
        }
    }
}
