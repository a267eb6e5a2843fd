import HTTPClient
import JSON
import Synchronization

/// What a follower has taken of the events, which outlives every crash of booking: each one once, in order.
final class Inbox: Sendable {
    struct Event: Equatable {
        let sequence: Int64
        let type: String
        let booking: Int64?
        let seats: Int
        let free: Int
        let session: String
    }

    private struct State {
        var events: [Event] = []
        var isAnswerLost = false
        var repeated = 0
        var faults: [String] = []
    }

    private let state = Mutex(State())

    var events: [Event] { state.withLock { $0.events } }
    /// Events that were told again, and taken no second time.
    var repeated: Int { state.withLock { $0.repeated } }
    var fault: String? { state.withLock { $0.faults.first } }

    /// Takes what is told next, and its answer does not arrive.
    func loseNextAnswer() { state.withLock { $0.isAnswerLost = true } }
    func keepNextAnswer() { state.withLock { $0.isAnswerLost = false } }

    func take(_ body: [UInt8]) -> Result<HTTPClient.Response, HTTPClientError> {
        state.withLock { state in
            let json = (try? JSONValue(parsing: body)) ?? .null
            let told = (json["events"]?.arrayValue ?? []).compactMap(Event.init)
            let taken = state.events.last?.sequence ?? 0
            let after = json["after"]?.integerValue ?? -1
            if told.count != json["events"]?.arrayValue?.count || told.isEmpty {
                state.faults.append("events cannot be read: \(json)")
            }
            if after > taken { state.faults.append("events after \(after) were told, and only \(taken) were taken") }
            if zip(told, told.dropFirst()).contains(where: { $0.sequence >= $1.sequence }) {
                state.faults.append("events were told out of order: \(told.map(\.sequence))")
            }
            let new = told.filter { $0.sequence > taken }
            state.repeated += told.count - new.count
            state.events += new
            guard !state.isAnswerLost else {
                state.isAnswerLost = false
                return .failure(.connectionLost(reason: "simulated"))
            }
            let last = state.events.last?.sequence ?? 0
            return .success(HTTPClient.Response(status: 200, body: Array(#"{"sequence":\#(last)}"#.utf8)))
        }
    }
}

extension Inbox.Event {
    fileprivate init?(_ json: JSONValue) {
        guard let sequence = json["sequence"]?.integerValue, let type = json["type"]?.stringValue,
            let session = json["session"]?["id"]?.stringValue, let free = json["session"]?["free"]?.integerValue
        else { return nil }
        self.init(
            sequence: sequence, type: type, booking: Model.number(json["booking"]?["id"]),
            seats: Int(clamping: json["booking"]?["seats"]?.integerValue ?? 0), free: Int(clamping: free),
            session: session)
    }
}
