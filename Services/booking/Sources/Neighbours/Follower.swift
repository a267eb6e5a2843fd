import API
import HTTPClient
import JSON
import Telemetry
import Time
import TypedID

/// A follower says no to events for what is in them: to send the same again is of no use.
struct EventsRefused: Error, CustomStringConvertible {
    let description: String
}

/// A neighbour that is told what happens here: in order, each event at least once.
package struct Follower: Sendable {
    /// A commit on a slow disk is worth waiting for: without an answer the same events go out again.
    private static let timeout: Int64 = 5_000

    package let name: String
    /// Events that it has not taken yet.
    let waiting: Gauge
    /// For how many seconds the oldest of them has waited.
    let lag: Gauge
    /// Events that it refused, and that are not told again of themselves.
    let setAside: Gauge
    private let client: HTTPClient

    init(_ name: String, _ client: HTTPClient, _ metrics: Metrics) {
        self.name = name
        self.client = client
        let labels = [(name: "follower", value: name)]
        waiting = metrics.gauge("outbox_events_waiting", "Events that a follower has not taken yet.", labels)
        lag = metrics.gauge("outbox_lag_seconds", "For how long the oldest of them has waited.", labels)
        setAside = metrics.gauge("outbox_events_set_aside", "Events that a follower refuses to take.", labels)
    }

    /// Sends events, the first of which comes right after `position` of all that it can take.
    /// - Parameter lost: events to forget, where it has taken any.
    /// - Returns: the sequence of the last event that the follower has, be it of these or of earlier ones.
    /// - Throws: `EventsRefused` for what is in them, and otherwise `NeighbourError`.
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
        } catch {
            throw NeighbourError(name, "\(error)")
        }
        if [400, 413, 422].contains(answer.status) {
            let error = (try? JSONValue(parsing: answer.body))?["errors"]?.arrayValue?.first
            throw EventsRefused(description: "\(answer.status) \(error?["code"]?.stringValue ?? "without a code")")
        }
        guard answer.status == 200,
            let taken = (try? JSONValue(parsing: answer.body))?["sequence"]?.integerValue, taken >= 0
        else { throw NeighbourError(name, "it answered \(answer.status) to events, or not as agreed") }
        return taken
    }
}
