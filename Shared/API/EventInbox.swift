import JSON
import SQLite

extension Request {
    /// Takes what another service tells, `{after, events: [{sequence, …}]}`: events in order, numbered by it, each sent as
    /// often as it is not sure of its having been taken. `useCase` is given those that were not taken before, in the
    /// transaction that remembers how far the source has been heard. The answer is `{sequence}`, the last one taken,
    /// from which the source goes on. Events that begin beyond it are not taken: some between are missing, and the answer
    /// makes the source go back. The table is the service's own:
    ///
    ///     taken_events(source TEXT PRIMARY KEY, sequence INTEGER)
    ///
    /// - Parameter read: an event as it was sent; nil for one that is not as agreed, which refuses all of them.
    /// - Throws: 422 `events_invalid`.
    public func takeEvents<Event: Sendable>(
        of source: String, in database: Database, reading read: (JSONValue) -> Event?,
        _ useCase: @escaping @Sendable (Transaction, [Event]) throws -> Void
    ) async throws -> Response {
        guard let told = ToldEvents(body, read) else {
            throw APIError(422, "events_invalid", "The events must be as the internal contract shows them, in order.")
        }
        let taken = try await database.write { transaction in
            let taken = try transaction.takenEvents(of: source)
            guard told.after <= taken, let last = told.events.last?.sequence, last > taken else { return taken }
            try useCase(transaction, told.events.filter { $0.sequence > taken }.map(\.event))
            try transaction.execute(
                """
                INSERT INTO taken_events (source, sequence) VALUES (\(source), \(last))
                ON CONFLICT (source) DO UPDATE SET sequence = excluded.sequence
                """)
            return last
        }
        return .json { json in json.field("sequence", taken) }
    }
}

extension Connection {
    fileprivate func takenEvents(of source: String) throws -> Int64 {
        try first("SELECT sequence FROM taken_events WHERE source = \(source)") { try $0.int(0) } ?? 0
    }
}

private struct ToldEvents<Event: Sendable>: Sendable {
    /// The event before the first of these, of those that the source keeps.
    let after: Int64
    /// Each later than the one before.
    let events: [(sequence: Int64, event: Event)]

    init?(_ body: JSONValue, _ read: (JSONValue) -> Event?) {
        guard let after = body["after"]?.integerValue, after >= 0, let list = body["events"]?.arrayValue else {
            return nil
        }
        var events: [(sequence: Int64, event: Event)] = []
        for told in list {
            guard let sequence = told["sequence"]?.integerValue, sequence > events.last?.sequence ?? after,
                let event = read(told)
            else { return nil }
            events.append((sequence, event))
        }
        self.after = after
        self.events = events
    }
}
