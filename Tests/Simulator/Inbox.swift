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

    /// What becomes of the next events that are told.
    enum Mood: Equatable, Sendable {
        case takes
        /// Takes them, and its answer does not arrive.
        case losesAnswer
        /// Does not hear of them in time.
        case isLate
        /// Takes nothing and answers with that status.
        case fails(Int)
        /// Answers 200, and not how far it has come.
        case saysNothing
        /// From now on one of them is refused whenever it is told, with that status, and what is told with it.
        case refuses(Int)
    }

    fileprivate struct State {
        var events: [Event] = []
        var mood = Mood.takes
        /// What it never takes, and what it answers to that.
        var refused: [Int64: Int] = [:]
        var repeated = 0
        var refusals = 0
        var faults: [String] = []
    }

    private let state = Mutex(State())

    var events: [Event] { state.withLock { $0.events } }
    /// Events that were told again, and taken no second time.
    var repeated: Int { state.withLock { $0.repeated } }
    /// How often it said no.
    var refusals: Int { state.withLock { $0.refusals } }
    /// The numbers of what it never takes.
    var refused: [Int64] { state.withLock { $0.refused.keys.sorted() } }
    var fault: String? { state.withLock { $0.faults.first } }

    /// Whether it has all of these, but for what it never takes.
    func hasTaken(_ all: [Event]) -> Bool {
        state.withLock { state in state.events == all.filter { state.refused[$0.sequence] == nil } }
    }

    var mood: Mood {
        get { state.withLock { $0.mood } }
        set { state.withLock { $0.mood = newValue } }
    }

    func take(_ body: [UInt8]) -> Result<HTTPClient.Response, HTTPClientError> {
        state.withLock { state in
            let json = (try? JSONValue(parsing: body)) ?? .null
            let told = (json["events"]?.arrayValue ?? []).compactMap(Event.init)
            if told.count != json["events"]?.arrayValue?.count {
                state.faults.append("events cannot be read: \(json)")
            }
            return state.take(told, after: json["after"]?.integerValue ?? -1)
        }
    }
}

extension Inbox.State {
    fileprivate mutating func take(
        _ told: [Inbox.Event], after: Int64
    ) -> Result<HTTPClient.Response, HTTPClientError> {
        switch mood {
        case .isLate: return .failure(.timedOut)
        case .fails(let status): return .success(HTTPClient.Response(status: status, body: []))
        default: break
        }
        let taken = events.last?.sequence ?? 0
        let new = told.filter { $0.sequence > taken }
        if after > taken { faults.append("events after \(after) were told, and only \(taken) were taken") }
        if zip(told, told.dropFirst()).contains(where: { $0.sequence >= $1.sequence }) {
            faults.append("events were told out of order: \(told.map(\.sequence))")
        }
        // One at a time.
        if case .refuses(let status) = mood, !new.isEmpty, refused.keys.allSatisfy({ $0 <= taken }) {
            refused[new[new.count / 2].sequence] = status
        }
        if let status = told.lazy.compactMap({ [refused] in refused[$0.sequence] }).first {
            refusals += 1
            return .success(
                HTTPClient.Response(status: status, body: Array(#"{"errors":[{"code":"events_invalid"}]}"#.utf8)))
        }
        repeated += told.count - new.count
        events += new
        switch mood {
        case .losesAnswer: return .failure(.connectionLost(reason: "simulated"))
        case .saysNothing: return .success(HTTPClient.Response(status: 200, body: Array("{}".utf8)))
        default: break
        }
        let last = events.last?.sequence ?? 0
        return .success(HTTPClient.Response(status: 200, body: Array(#"{"sequence":\#(last)}"#.utf8)))
    }
}

extension Inbox.Mood: CustomStringConvertible {
    var description: String {
        switch self {
        case .takes: "takes it"
        case .losesAnswer: "takes it, its answer is lost"
        case .isLate: "does not answer in time"
        case .fails(let status): "answers \(status)"
        case .saysNothing: "takes it and does not say how far it has come"
        case .refuses(let status): "refuses one event with \(status) from now on"
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
