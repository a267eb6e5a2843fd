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
    /// Without events the source asks how far it was heard. One that was put back to an older state tells
    /// `lost: [{first, last}]` besides: numbers of events that it may have told and that never happened. Its later ones
    /// have higher numbers than these.
    ///
    /// - Parameters:
    ///   - read: an event as it was sent; nil for one that is not as agreed, which refuses all of them.
    ///   - forget: undoes what was made of lost events, if anything was; `taken` is the last number that was taken, of
    ///     whatever events. It returns the last number up to which what there is then is whole: 0 where it has to be told
    ///     everything again.
    /// - Throws: 422 `events_invalid`.
    public func takeEvents<Event: Sendable>(
        of source: String, in database: Database, reading read: (JSONValue) -> Event?,
        forgetting forget: @escaping @Sendable (Transaction, LostNumbers, _ taken: Int64) throws -> Int64,
        _ useCase: @escaping @Sendable (Transaction, [Event]) throws -> Void
    ) async throws -> Response {
        guard let told = ToldEvents(body, read) else {
            throw APIError(422, "events_invalid", "The events must be as the internal contract shows them, in order.")
        }
        let taken = try await database.write { transaction in
            let taken = try transaction.forget(told.lost, of: source, forget)
            guard told.after <= taken, let last = told.events.last?.sequence, last > taken else { return taken }
            try useCase(transaction, told.events.filter { $0.sequence > taken }.map(\.event))
            try transaction.setTakenEvents(of: source, last)
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

extension Transaction {
    fileprivate func setTakenEvents(of source: String, _ last: Int64) throws {
        try execute(
            """
            INSERT INTO taken_events (source, sequence) VALUES (\(source), \(last))
            ON CONFLICT (source) DO UPDATE SET sequence = excluded.sequence
            """)
    }

    /// - Returns: the last event that is taken then.
    fileprivate func forget(
        _ lost: [LostNumbers], of source: String, _ forget: (Transaction, LostNumbers, Int64) throws -> Int64
    ) throws -> Int64 {
        let before = try takenEvents(of: source)
        let taken = try lost.reduce(before) { taken, numbers in min(taken, try forget(self, numbers, taken)) }
        if taken != before { try setTakenEvents(of: source, taken) }
        return taken
    }
}

/// Numbers of events that never happened.
public struct LostNumbers: Sendable {
    public let first: Int64
    public let last: Int64

    public func contains(_ number: Int64) -> Bool { first <= number && number <= last }

    fileprivate init?(_ value: JSONValue) {
        guard let first = value["first"]?.integerValue, first > 0, let last = value["last"]?.integerValue, first <= last
        else { return nil }
        self.first = first
        self.last = last
    }
}

private struct ToldEvents<Event: Sendable>: Sendable {
    /// The event before the first of these, of those that the source keeps.
    let after: Int64
    /// Each later than the one before.
    let events: [(sequence: Int64, event: Event)]
    let lost: [LostNumbers]

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
        let told = body["lost"]?.arrayValue ?? []
        lost = told.compactMap(LostNumbers.init)
        guard lost.count == told.count else { return nil }
        self.after = after
        self.events = events
    }
}
