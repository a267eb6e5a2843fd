import JSON
import TestSupport

extension Stack {
    /// Returns when booking has noted what ran out, and all have taken every event, within a minute.
    func drained() async throws {
        for _ in 0..<600 {
            let waiting = try await self["booking"].sql(
                """
                SELECT (SELECT max(sequence) FROM events) - (SELECT min(sequence) FROM followers)
                    + (SELECT count(*) FROM retellings) + (SELECT count(*) FROM unsure_sessions)
                    + (SELECT count(*) FROM bookings WHERE closes_at < unixepoch() * 1000 AND confirmed_at IS NULL
                        AND cancelled_at IS NULL AND expired_at IS NULL) AS count
                """)
            if waiting.first?["count"] == 0 { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Stack.Failure(reason: "the outbox does not drain")
    }
}

/// What became of each session's bookings, for comparing.
enum SessionTotals {
    /// As analytics was told.
    static let told = """
        SELECT id, starts_at, allocation, opened, confirmed, expired, cancelled, seats FROM sessions ORDER BY id
        """

    /// As booking knows.
    static let own = """
        SELECT s.id, s.starts_at, s.allocation, count(b.id) AS opened,
            count(*) FILTER (WHERE confirmed_at IS NOT NULL AND refunded_at IS NULL) AS confirmed,
            count(expired_at) AS expired, count(cancelled_at) + count(refunded_at) AS cancelled,
            coalesce(sum(r.seats) FILTER (WHERE r.state = 'sold'), 0) AS seats
        FROM sessions s LEFT JOIN bookings b ON b.session_id = s.id LEFT JOIN reservations r ON r.booking_id = b.id
        GROUP BY s.id ORDER BY s.id
        """
}
