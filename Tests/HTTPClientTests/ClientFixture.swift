import EventLoop
import HTTPClient
import Synchronization
import Telemetry
import Testing

/// Milliseconds that pass only when a test says so.
final class StoppedClock: Sendable {
    private let time = Atomic<Int64>(1_000_000)
    var now: Int64 { time.load(ordering: .acquiring) }
    func advance(_ milliseconds: Int64) { time.wrappingAdd(milliseconds, ordering: .acquiringAndReleasing) }
}

/// A client of a scripted server and the loop it lives on.
final class ClientFixture: Sendable {
    let server: ScriptedServer
    let client: HTTPClient
    let loop: EventLoop
    let metrics = Metrics()
    let clock = StoppedClock()

    /// Without retries and with generous times, unless `configure` says otherwise.
    init(
        stoppedClock: Bool = false, configure: (inout HTTPClient.Configuration) -> Void = { _ in },
        _ script: @escaping ScriptedServer.Script
    ) throws {
        server = try ScriptedServer(script)
        loop = try EventLoop(name: "client-test")
        var configuration = patientConfiguration(server.baseURL)
        configure(&configuration)
        if stoppedClock {
            client = try HTTPClient(configuration, loop: loop, metrics: metrics, now: { [clock] in clock.now })
        } else {
            client = try HTTPClient(configuration, loop: loop, metrics: metrics)
        }
    }

    /// On another thread: the last to let go may be a task on the loop, which cannot wait for itself.
    deinit {
        startThread { [loop] in loop.stop() }
    }

    func get(_ path: String = "/", timeout: Int64? = nil) async throws(HTTPClientError) -> HTTPClient.Response {
        try await client.send(.get, path, timeoutMilliseconds: timeout, trace: TraceContext())
    }

    func post(_ path: String = "/", _ body: String = "{}") async throws(HTTPClientError) -> HTTPClient.Response {
        try await client.send(.post, path, body: Array(body.utf8), trace: TraceContext())
    }

    /// A call of its own task, which ends with the call's error.
    func begin(_ path: String = "/") -> Task<HTTPClientError?, Never> {
        Task { [client] in
            do throws(HTTPClientError) {
                _ = try await client.send(.get, path, trace: TraceContext())
                return nil
            } catch { return error }
        }
    }
}

func patientConfiguration(_ baseURL: String) -> HTTPClient.Configuration {
    var configuration = HTTPClient.Configuration(neighbour: "catalog", baseURL: baseURL, credential: "s3cret")
    configuration.callTimeout = 30_000
    configuration.attemptTimeout = 30_000
    configuration.connectTimeout = 30_000
    configuration.retry.maxRetries = 0
    configuration.retry.firstBackoff = 1
    configuration.breaker.consecutiveFailures = 1_000
    configuration.breaker.minimumCalls = 1_000
    return configuration
}

/// Waits for something that another thread will do; far longer than it takes, since only never is wrong.
func eventually(_ what: Comment, _ condition: () -> Bool, location: SourceLocation = #_sourceLocation) async {
    for _ in 0..<20_000 {
        if condition() { return }
        try? await Task.sleep(for: .milliseconds(1))
    }
    Issue.record(what, sourceLocation: location)
}

/// The error a call ended with, or nil for an answer.
func failure(
    of call: () async throws(HTTPClientError) -> HTTPClient.Response
) async -> HTTPClientError? {
    do throws(HTTPClientError) {
        _ = try await call()
        return nil
    } catch { return error }
}
