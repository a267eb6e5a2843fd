import JSON
import TestSupport
import Testing

extension Stack {
    /// Returns when booking has noted what ran out, and all have taken every event, within a minute.
    func drained() async throws {
        for _ in 0..<600 {
            let waiting = try await self["booking"].sql(
                """
                SELECT (SELECT coalesce((SELECT max(sequence) FROM events), min(sequence)) - min(sequence) FROM followers)
                    + (SELECT count(*) FROM unasked_followers) + (SELECT count(*) FROM retellings) + (SELECT count(*) FROM unsure_sessions)
                    + (SELECT count(*) FROM bookings WHERE closes_at < unixepoch() * 1000 AND confirmed_at IS NULL
                        AND cancelled_at IS NULL AND expired_at IS NULL) AS count
                """)
            if waiting.first?["count"] == 0 { return }
            try await Task.sleep(for: .milliseconds(100))
        }
        throw Stack.Failure(reason: "the outbox does not drain")
    }

    /// Compares booking with itself, with analytics and with catalog.
    /// - Returns: the confirmed bookings of the test's sessions.
    func agreed() async throws -> Set<String> {
        #expect(try await bookDifferences() == [])
        #expect(try await self["analytics"].sql(SessionTotals.told) == self["booking"].sql(SessionTotals.own))
        let own = try await self["booking"].sql(
            """
            SELECT id, allocation, allocation - held - sold AS seats_left FROM sessions
            WHERE id NOT IN (SELECT id FROM closed_sessions) ORDER BY id
            """)
        let known = own.compactMap { $0["id"]?.integerValue }.map(String.init).joined(separator: ", ")
        let told = try await self["catalog"].sql(
            "SELECT id, allocation, seats_left FROM sessions WHERE id IN (\(known)) ORDER BY id")
        #expect(told == own)
        let sold = try await self["booking"].sql(
            """
            SELECT 'bkg_' || id AS id FROM bookings
            WHERE confirmed_at IS NOT NULL AND session_id > 900000000000000 ORDER BY id
            """)
        return Set(sold.compactMap { $0["id"]?.stringValue })
    }

    /// - Returns: the booking.
    func sell(_ seats: Int, of session: String, user: Int64) async throws -> String {
        let token = token(user: user)
        let booking = try await post("/v1/sessions/\(session)/book", token: token).json["booking"]
        let id = booking?["id"]?.stringValue ?? "none"
        #expect(try await post("/v1/bookings/\(id)/reserve", #"{"seats":\#(seats)}"#, token: token).status == 200)
        #expect(try await post("/v1/bookings/\(id)/confirm", token: token).status == 200)
        return id
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
