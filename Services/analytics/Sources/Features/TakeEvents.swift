import API
import JSON
import SQLite
import Time
import TimeZone
import TypedID

extension AnalyticsService {
    /// `POST /internal/v1/events` `{after, events}`: what happened in booking, counted once however often it is told.
    func takeEvents(_ request: Request) async throws -> Response {
        try await request.takeEvents(
            of: "booking", in: database, reading: BookingEvent.init,
            forgetting: { try $0.forgetReservations($1, taken: $2) }
        ) { transaction, events in
            for event in events { try transaction.take(event) }
        }
    }
}

extension Transaction {
    /// Which bookings were touched by what never happened is not kept: once any of it was counted, all begins anew.
    fileprivate func forgetReservations(_ lost: LostNumbers, taken: Int64) throws -> Int64 {
        guard lost.contains(taken) else { return taken }
        for table in ["bookings", "sessions", "funnel_days"] as [StaticString] {
            try execute("DELETE FROM \(raw: table)")
        }
        return 0
    }

    fileprivate func take(_ event: BookingEvent) throws {
        try place(event.session)
        guard let booking = event.booking else { return }
        try execute(
            """
            INSERT INTO bookings (id, session_id, state, seats, opened_at, movie_id, was_reserved, was_confirmed)
            VALUES (\(booking.id), \(event.session.id), \(booking.state), \(booking.seats),
                    \(max(0, event.occurredAt.rawValue)), \(event.session.movieID), \(booking.isReserved),
                    \(booking.isConfirmed))
            ON CONFLICT (id) DO UPDATE SET state = excluded.state, seats = excluded.seats,
                was_reserved = max(was_reserved, excluded.was_reserved),
                was_confirmed = max(was_confirmed, excluded.was_confirmed)
            """)
    }

    /// Keeps a session with its weekday and time of day. A zone that the system's database does not have yet counts as
    /// UTC: the events behind it must not wait for an update of the system.
    private func place(_ session: BookedSession) throws {
        let offset = TimeZone.named(session.timeZone)?.offsetSeconds(at: session.startsAt) ?? 0
        let local = LocalTime(session.startsAt, offsetSeconds: offset)
        try execute(
            """
            INSERT INTO sessions (id, starts_at, allocation, movie_id, place_id, day, weekday, time_slot)
            VALUES (\(session.id), \(session.startsAt), \(session.allocation), \(session.movieID), \(session.placeID),
                    \(local.day), \(local.weekday), \(local.slot))
            ON CONFLICT (id) DO UPDATE SET starts_at = excluded.starts_at, allocation = excluded.allocation,
                movie_id = excluded.movie_id, place_id = excluded.place_id, day = excluded.day,
                weekday = excluded.weekday, time_slot = excluded.time_slot
            WHERE (starts_at, allocation, movie_id, place_id, day, weekday, time_slot) <> (excluded.starts_at,
                excluded.allocation, excluded.movie_id, excluded.place_id, excluded.day, excluded.weekday,
                excluded.time_slot)
            """)
    }
}
