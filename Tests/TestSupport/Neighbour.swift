import EventLoop
import HTTPServer
import Synchronization

/// Stands where a neighbour would: a real listener that answers as a test says, by the exchanges in the provider's
/// `Contract/consumers`, which the contract tests replay against the real one.
public final class Neighbour: Sendable {
    /// Path and query as they came.
    public typealias Answering = @Sendable (_ target: String) -> HTTPResponse
    public typealias Reading = @Sendable (_ target: String, _ body: [UInt8]) -> HTTPResponse

    private let loop: EventLoop
    private let server: HTTPServer
    private let asked: Recorder

    private final class Recorder: Sendable {
        let targets = Mutex<[String]>([])
        let answering: Mutex<Reading>
        init(_ answering: @escaping Reading) { self.answering = Mutex(answering) }
    }

    public convenience init(_ answering: @escaping Answering) throws {
        try self.init(reading: { target, _ in answering(target) })
    }

    /// One whose answers depend on what it is told.
    public init(reading answering: @escaping Reading) throws {
        let recorder = Recorder(answering)
        loop = try EventLoop(name: "neighbour")
        server = try HTTPServer(
            loops: [loop], host: "127.0.0.1", port: 0, limits: HTTPLimits(),
            refusal: { HTTPResponse(status: $0) },
            handler: { request in
                recorder.targets.withLock { $0.append(request.target) }
                return recorder.answering.withLock { $0 }(request.target, request.body)
            })
        asked = recorder
    }

    public var url: String { "http://127.0.0.1:\(server.port)" }

    /// What has been asked so far, in order.
    public var targets: [String] { asked.targets.withLock { $0 } }

    public func answer(_ answering: @escaping Answering) {
        asked.answering.withLock { $0 = { target, _ in answering(target) } }
    }

    public func stop() async {
        await server.drain(graceMilliseconds: 1_000)
        loop.stop()
    }
}

extension HTTPResponse {
    public static func json(_ status: Int, _ text: String) -> HTTPResponse {
        HTTPResponse(status: status, headers: [("Content-Type", "application/json")], body: .bytes(Array(text.utf8)))
    }
}
