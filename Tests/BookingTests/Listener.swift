import HTTPServer
import JSON
import Synchronization
import TestSupport

/// A follower of what booking tells, that takes every event once, as the internal contract has it.
final class Listener: Sendable {
    enum Mood: Sendable {
        case well
        /// Takes events, but its answer is lost.
        case silent
        case failing
        /// Answers what it is asked, and can write nothing.
        case full
        /// Answers to everything that it failed.
        case broken
    }

    fileprivate struct State {
        var mood = Mood.well
        var taken: [JSONValue] = []
        var last: Int64 = 0
        /// The sequences of each request, whatever became of it.
        var told: [[Int64]] = []
        /// Events that it does not understand, by their type.
        var refused: Set<String> = []
        /// Events that it fails on.
        var failedOn: Set<String> = []
        var lost: [[JSONValue]] = []
    }

    private let state = Mutex(State())

    func answer(_ body: [UInt8]) -> HTTPResponse {
        let request = (try? JSONValue(parsing: body)) ?? .null
        let events = request["events"]?.arrayValue ?? []
        return state.withLock { state in
            state.told.append(events.map(Self.sequence))
            let types = Set(events.compactMap { $0["type"]?.stringValue })
            if state.mood == .failing || state.mood == .full && !events.isEmpty {
                return .json(503, #"{"errors":[]}"#)
            }
            if state.mood == .broken || !types.isDisjoint(with: state.failedOn) {
                return .json(500, #"{"errors":[{"code":"internal_error","message":"Oh."}]}"#)
            }
            if !types.isDisjoint(with: state.refused) {
                return .json(422, #"{"errors":[{"code":"events_invalid","message":"No."}]}"#)
            }
            if let lost = request["lost"]?.arrayValue { state.forget(lost) }
            if let after = request["after"]?.integerValue, after <= state.last {
                for event in events where Self.sequence(event) > state.last {
                    state.taken.append(event)
                    state.last = Self.sequence(event)
                }
            }
            return state.mood == .silent ? .json(500, "{}") : .json(200, #"{"sequence":\#(state.last)}"#)
        }
    }

    var mood: Mood {
        get { state.withLock { $0.mood } }
        set { state.withLock { $0.mood = newValue } }
    }

    var refused: Set<String> {
        get { state.withLock { $0.refused } }
        set { state.withLock { $0.refused = newValue } }
    }

    var failedOn: Set<String> {
        get { state.withLock { $0.failedOn } }
        set { state.withLock { $0.failedOn = newValue } }
    }

    /// What it was told to forget, each time.
    var lost: [[JSONValue]] { state.withLock { $0.lost } }

    var taken: [JSONValue] { state.withLock { $0.taken } }
    var types: [String] { taken.compactMap { $0["type"]?.stringValue } }
    var told: [[Int64]] { state.withLock { $0.told } }

    /// As if restored from a copy that was made after its first events.
    func forget(allBut count: Int) {
        state.withLock { state in
            state.taken.removeLast(state.taken.count - count)
            state.last = state.taken.last.map(Self.sequence) ?? 0
        }
    }

    /// As if its database were another one, in which events were taken up to that one.
    func begin(after last: Int64) {
        state.withLock { state in
            state.taken = []
            state.last = last
        }
    }

    static func sequence(_ event: JSONValue) -> Int64 { event["sequence"]?.integerValue ?? -1 }
}

extension Listener.State {
    /// As analytics does: once it has taken something that never happened, it begins anew.
    fileprivate mutating func forget(_ lost: [JSONValue]) {
        self.lost.append(lost)
        for numbers in lost {
            guard let first = numbers["first"]?.integerValue, let last = numbers["last"]?.integerValue else { continue }
            if first <= self.last, self.last <= last { (taken, self.last) = ([], 0) }
        }
    }
}
