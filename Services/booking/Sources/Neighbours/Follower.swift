import API
import HTTPClient
import JSON
import Telemetry
import Time
import TypedID

/// A neighbour that is told what happens here: in order, each event at least once.
struct Follower: Sendable {
    /// A commit on a slow disk is worth waiting for: without an answer the same events go out again.
    private static let timeout: Int64 = 5_000

    let name: String
    /// Events that it has not taken yet.
    let waiting: Gauge
    /// For how many seconds the oldest of them has waited.
    let lag: Gauge
    private let client: HTTPClient

    init(_ name: String, _ client: HTTPClient, _ metrics: Metrics) {
        self.name = name
        self.client = client
        let labels = [(name: "follower", value: name)]
        waiting = metrics.gauge("outbox_events_waiting", "Events that a follower has not taken yet.", labels)
        lag = metrics.gauge("outbox_lag_seconds", "For how long the oldest of them has waited.", labels)
    }

    /// Sends events, the first of which comes right after `position` of all that are kept.
    /// - Returns: the sequence of the last event that the follower has, be it of these or of earlier ones.
    func take(_ events: [RecordedEvent], after position: Int64) async throws(NeighbourError) -> Int64 {
        var json = JSONWriter()
        json.object { json in
            json.field("after", position)
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
        guard answer.status == 200,
            let taken = (try? JSONValue(parsing: answer.body))?["sequence"]?.integerValue, taken >= 0
        else { throw NeighbourError(name, "it answered \(answer.status) to events, or not as agreed") }
        return taken
    }
}
