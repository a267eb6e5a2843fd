import JSON
import TestSupport
import Testing

/// Compares what customers were answered with what is there.
struct Audit {
    let stack: Stack
    let witnesses: [Witness]

    func compare() async throws {
        for witness in witnesses {
            #expect(witness.unexpected == [])
            try await compareBookings(witness)
        }
        try await compareRatings()
        try await compareEvents()
        try await compareAccounts()
        try await balanceBooks()
    }

    /// As the customer's own list has them: none missing, none besides.
    private func compareBookings(_ witness: Witness) async throws {
        var found: [String: SeenBooking] = [:]
        var target: String? = "/v1/bookings?limit=100"
        while let next = target {
            let page = try await stack.get(next, token: stack.token(user: witness.user))
            try #require(page.status == 200)
            for booking in page.json["bookings"]?.arrayValue ?? [] {
                let seen = SeenBooking(
                    seats: booking["reserved_seats"]?.integerValue ?? -1,
                    confirmedAt: booking["confirmed_at"]?.stringValue, cancelledAt: booking["cancelled_at"]?.stringValue
                )
                #expect(booking["status"]?.stringValue == seen.status)
                found[booking["id"]?.stringValue ?? ""] = seen
            }
            let metadata = page.json["metadata"]
            let cursor = metadata?["has_more"] == true ? metadata?["end_cursor"]?.stringValue : nil
            target = cursor.map { "/v1/bookings?limit=100&cursor=\($0)" }
        }
        let difference = Set(found.keys).symmetricDifference(witness.bookings.keys)
            .union(found.keys.filter { found[$0] != witness.bookings[$0] })
        #expect(difference == [], "bookings of usr_\(witness.user)")
    }

    private func compareRatings() async throws {
        let rows = try await stack["catalog"].sql(
            "SELECT 'rat_' || id AS id, user_id, value FROM ratings WHERE 'mov_' || movie_id = '\(StackSession.movie)'")
        let rated = witnesses.filter { $0.rating != nil }
        #expect(rows.count == rated.count)
        for witness in rated {
            let row = rows.first { $0["user_id"]?.integerValue == witness.user }
            #expect(row?["id"]?.stringValue == witness.rating?.id)
            #expect(row?["value"]?.doubleValue == witness.rating?.value)
        }
    }

    private func compareEvents() async throws {
        let rows = try await stack["analytics"].sql(
            "SELECT tracking_id AS id FROM events WHERE user_id BETWEEN 700000 AND 799999")
        compare(rows.compactMap { $0["id"]?.stringValue }, with: witnesses.flatMap(\.events), "events")
    }

    /// None missing, none besides, none twice.
    private func compare(_ found: [String], with told: [String], _ what: Comment) {
        #expect(Set(found).symmetricDifference(told) == [], what)
        #expect(found.count == told.count, what)
    }

    /// A few in the real way, which costs a hash each, and all of them in the file.
    private func compareAccounts() async throws {
        let accounts = witnesses.flatMap(\.accounts)
        for email in accounts.suffix(10) {
            let person = #"{"email":"\#(email)","password":"\#(Customer.password)"}"#
            #expect(try await stack.post("/v1/auth/signin", person).status == 200)
        }
        let rows = try await stack["identity"].sql("SELECT email FROM users WHERE email LIKE '%@crash.example'")
        compare(rows.compactMap { $0["email"]?.stringValue }, with: accounts, "accounts")
    }

    private func balanceBooks() async throws {
        let wrong = try await stack["booking"].sql(
            """
            SELECT s.id, s.allocation, s.held, s.sold,
                coalesce(sum(r.seats) FILTER (WHERE r.state = 'held'), 0) AS held_summed,
                coalesce(sum(r.seats) FILTER (WHERE r.state = 'sold'), 0) AS sold_summed
            FROM sessions s LEFT JOIN reservations r ON r.session_id = s.id GROUP BY s.id
            HAVING s.held + s.sold > s.allocation OR s.held <> held_summed OR s.sold <> sold_summed
            """)
        #expect(wrong.isEmpty, "\(wrong)")
    }

    /// What was done and what got in its way, in a line.
    var summary: String {
        let interruptions = witnesses.reduce(into: [Int: Int]()) { sum, witness in
            sum.merge(witness.interruptions) { $0 + $1 }
        }
        let (bookings, events) = (witnesses.map(\.bookings.count), witnesses.map(\.events.count))
        return """
            \(witnesses.map(\.answers).reduce(0, +)) answers (\(bookings.reduce(0, +)) bookings, \
            \(events.reduce(0, +)) events, \(witnesses.map(\.accounts.count).reduce(0, +)) accounts), \
            asked to come back: \(interruptions.sorted { $0.key < $1.key }.map { "\($1) × \($0)" })
            """
    }
}
