import JSON
import TestSupport

/// Compares what customers were answered with what is there.
struct Audit {
    let stack: Stack
    let witnesses: [Witness]

    /// Where they differ, a sentence each; none when all is well.
    func differences() async throws -> [String] {
        var found = witnesses.flatMap(\.unexpected)
        found += try await lostWrites()
        found += try await failingSignIns()
        found += try await stack.bookDifferences()
        for service in stack.services { found += try await damage(to: service) }
        return found
    }

    /// What was answered and is not there, or otherwise, and what is there twice or was not answered.
    func lostWrites() async throws -> [String] {
        var found: [String] = []
        for witness in witnesses { found += try await differingBookings(of: witness) }
        found += try await differingRatings()
        found += try await differingEvents()
        found += try await differingAccounts()
        return found
    }

    /// As the customer's own list has them: none missing, none besides.
    private func differingBookings(of witness: Witness) async throws -> [String] {
        var found: [String: SeenBooking] = [:]
        var differences: [String] = []
        var target: String? = "/v1/bookings?limit=100"
        while let next = target {
            let page = try await stack.get(next, token: stack.token(user: witness.user))
            guard page.status == 200 else {
                throw Stack.Failure(reason: "the bookings of usr_\(witness.user): \(page.status)")
            }
            for booking in page.json["bookings"]?.arrayValue ?? [] {
                let (id, seen) = (booking["id"]?.stringValue ?? "", SeenBooking(listed: booking))
                if booking["status"]?.stringValue != seen.status { differences.append("\(id) has another status") }
                found[id] = seen
            }
            let metadata = page.json["metadata"]
            let cursor = metadata?["has_more"] == true ? metadata?["end_cursor"]?.stringValue : nil
            target = cursor.map { "/v1/bookings?limit=100&cursor=\($0)" }
        }
        for id in Set(found.keys).union(witness.bookings.keys) where found[id] != witness.bookings[id] {
            differences.append(
                "\(id) is \(found[id]?.described ?? "not there"), "
                    + "and was \(witness.bookings[id]?.described ?? "never opened")")
        }
        return differences
    }

    private func differingRatings() async throws -> [String] {
        let rows = try await stack["catalog"].sql(
            "SELECT 'rat_' || id AS id, user_id, value FROM ratings WHERE 'mov_' || movie_id = '\(StackSession.movie)'")
        let rated = witnesses.filter { $0.rating != nil }
        let found = rated.filter { witness in
            rows.contains { row in
                row["user_id"]?.integerValue == witness.user && row["id"]?.stringValue == witness.rating?.id
                    && row["value"]?.doubleValue == witness.rating?.value
            }
        }
        return found.count == rated.count && rows.count == rated.count
            ? [] : ["\(rows.count) ratings, \(found.count) as given, of \(rated.count) that were"]
    }

    private func differingEvents() async throws -> [String] {
        let rows = try await stack["analytics"].sql(
            "SELECT tracking_id AS id FROM events WHERE user_id BETWEEN 700000 AND 799999")
        return compare(rows.compactMap { $0["id"]?.stringValue }, with: witnesses.flatMap(\.events), "events")
    }

    /// None missing, none besides, none twice.
    private func compare(_ found: [String], with told: [String], _ what: String) -> [String] {
        let difference = Set(found).symmetricDifference(told)
        return difference.isEmpty && found.count == told.count
            ? [] : ["\(found.count) \(what), of \(told.count) accepted; missing or besides: \(difference.sorted())"]
    }

    private func differingAccounts() async throws -> [String] {
        let rows = try await stack["identity"].sql("SELECT email FROM users WHERE email LIKE '%@crash.example'")
        return compare(rows.compactMap { $0["email"]?.stringValue }, with: witnesses.flatMap(\.accounts), "accounts")
    }

    /// A few, since each costs a hash.
    private func failingSignIns() async throws -> [String] {
        var failing: [String] = []
        for email in witnesses.flatMap(\.accounts).suffix(10) {
            let person = #"{"email":"\#(email)","password":"\#(Customer.password)"}"#
            let status = try await stack.post("/v1/auth/signin", person).status
            if status != 200 { failing.append("\(email) signs in: \(status)") }
        }
        return failing
    }

    /// What SQLite finds wrong with a file.
    private func damage(to service: StackService) async throws -> [String] {
        let found = try await service.sql("PRAGMA integrity_check")
        let strays = try await service.sql("PRAGMA foreign_key_check")
        let isWhole = found.count == 1 && found[0]["integrity_check"]?.stringValue == "ok" && strays.isEmpty
        return isWhole ? [] : ["\(service.name)'s database is damaged: \(found) \(strays)"]
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

extension SeenBooking {
    fileprivate init(listed booking: JSONValue) {
        self.init(
            seats: booking["reserved_seats"]?.integerValue ?? -1, confirmedAt: booking["confirmed_at"]?.stringValue,
            cancelledAt: booking["cancelled_at"]?.stringValue)
    }

    fileprivate var described: String { "\(status) with \(seats)" }
}
