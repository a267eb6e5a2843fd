import API
import HTTPClient
import JSON
import Telemetry
import Time
import TypedID

/// A follower was asked, and did not take events.
struct EventsRefused: Error, CustomStringConvertible {
    let status: Int
    let code: String

    init?(_ answer: HTTPClient.Response) {
        let isServerError = (500...599).contains(answer.status) && !RetryPolicy.isTransient(status: answer.status)
        guard isServerError || Self.isForGood(answer.status) else { return nil }
        let error = (try? JSONValue(parsing: answer.body))?["errors"]?.arrayValue?.first
        status = answer.status
        code = error?["code"]?.stringValue ?? "without a code"
    }

    /// It says no to what is in them: to send the same again is of no use. Otherwise it failed, which may be for what is
    /// in them, or because nothing works there.
    var isForGood: Bool { Self.isForGood(status) }
    var description: String { "\(status) \(code)" }

    private static func isForGood(_ status: Int) -> Bool { [400, 413, 422].contains(status) }
}

/// A follower that failed a moment ago was not asked again yet: nothing is known of it that was not known before.
struct NotAsked: Error, CustomStringConvertible {
    let description: String
}

/// How far somebody who follows events is behind.
struct Backlog: Sendable {
    private let waiting: Gauge
    private let lag: Gauge

    init(of follower: String, _ metrics: Metrics) {
        let labels = [(name: "follower", value: follower)]
        waiting = metrics.gauge("outbox_events_waiting", "Events that a follower has not taken yet.", labels)
        lag = metrics.gauge("outbox_lag_seconds", "For how long the oldest of them has waited.", labels)
    }

    /// - Parameter oldest: when the first event happened that it has not taken; nil where it has taken them all.
    func show(_ count: Int64, since oldest: Timestamp?, at now: Timestamp) {
        waiting.set(max(0, count))
        lag.set(oldest.map { max(0, (now.rawValue - $0.rawValue) / 1000) } ?? 0)
    }
}

/// A neighbour that is told what happens here: in order, each event at least once.
package struct Follower: Sendable {
    /// A commit on a slow disk is worth waiting for: without an answer the same events go out again.
    private static let timeout: Int64 = 5_000

    package let name: String
    let backlog: Backlog
    /// Events that it refused, and that are not told again of themselves.
    let setAside: Gauge
    /// Whether events wait for it since no more of them are set aside.
    let stuck: Gauge
    /// How often it had taken what this log has never told.
    let ahead: Counter
    private let client: HTTPClient

    init(_ name: String, _ client: HTTPClient, _ metrics: Metrics) {
        self.name = name
        self.client = client
        backlog = Backlog(of: name, metrics)
        let labels = [(name: "follower", value: name)]
        setAside = metrics.gauge("outbox_events_set_aside", "Events that a follower refuses to take.", labels)
        stuck = metrics.gauge(
            "outbox_stuck", "1 while events wait for a follower since no more of them are set aside.", labels)
        ahead = metrics.counter(
            "outbox_followers_ahead_total", "Times that a follower had taken what this log has never told.", labels)
    }

    /// Sends events, the first of which comes right after `position` of all that it can take.
    /// - Parameters:
    ///   - events: none only asks how far it has come.
    ///   - lost: events to forget, where it has taken any.
    /// - Returns: the sequence of the last event that the follower has, be it of these or of earlier ones.
    /// - Throws: `EventsRefused`, or `NotAsked`, or, where it is away or wants to be left alone, `NeighbourError`.
    func take(_ events: [RecordedEvent], after position: Int64, forgetting lost: [LostEvents]) async throws -> Int64 {
        var json = JSONWriter()
        json.object { json in
            json.field("after", position)
            if !lost.isEmpty {
                json.array("lost") { json in
                    for lost in lost {
                        json.object { json in
                            json.field("first", lost.first)
                            json.field("last", lost.last)
                        }
                    }
                }
            }
            json.array("events") { json in
                for event in events { json.object { event.write(to: &$0) } }
            }
        }
        let answer: HTTPClient.Response
        do {
            answer = try await client.send(
                .post, "/internal/v1/events", body: json.bytes, timeoutMilliseconds: Self.timeout,
                trace: TraceContext())
        } catch .refusedByBreaker {
            throw NotAsked(description: "\(name): it failed too often, and is not asked for a moment")
        } catch {
            throw NeighbourError(name, "\(error)")
        }
        if let refusal = EventsRefused(answer) { throw refusal }
        guard answer.status == 200,
            let taken = (try? JSONValue(parsing: answer.body))?["sequence"]?.integerValue, taken >= 0
        else { throw NeighbourError(name, "it answered \(answer.status) to events, or not as agreed") }
        return taken
    }
}
