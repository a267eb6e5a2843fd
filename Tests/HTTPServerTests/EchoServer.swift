import EventLoop
import HTTPServer
import Synchronization

/// A server that says what it was asked, on its own loops, drained at the end of `serve`.
func serve(
    loops count: Int = 1, limits: HTTPLimits = HTTPLimits(), yields: @escaping HTTPServer.Yielding = { _ in false },
    handler: HTTPServer.Handler? = nil,
    _ body: (HTTPServer, [EventLoop]) async throws -> Void
) async throws {
    let loops = try (0..<count).map { try EventLoop(name: "http-\($0)") }
    let server = try HTTPServer(
        loops: loops, host: "127.0.0.1", port: 0, limits: limits, refusal: refusal, yields: yields,
        handler: handler ?? echo)
    do {
        try await body(server, loops)
    } catch {
        await server.drain(graceMilliseconds: 0)
        for loop in loops { loop.stop() }
        throw error
    }
    await server.drain(graceMilliseconds: 2000)
    for loop in loops { loop.stop() }
}

func serve(
    loops count: Int = 1, limits: HTTPLimits = HTTPLimits(), yields: @escaping HTTPServer.Yielding = { _ in false },
    handler: HTTPServer.Handler? = nil,
    _ body: (HTTPServer) async throws -> Void
) async throws {
    try await serve(loops: count, limits: limits, yields: yields, handler: handler) { server, _ in
        try await body(server)
    }
}

private let refusal: HTTPServer.Refusal = { status in
    HTTPResponse(status: status, headers: [("Retry-After", "1")], body: .bytes(Array("refused \(status)".utf8)))
}

private let echo: HTTPServer.Handler = { request in
    switch request.path {
    case "/hello":
        return HTTPResponse(
            status: 200, headers: [("Content-Type", "text/plain")], body: .bytes(Array("Hello, World!".utf8)))
    case "/nothing":
        return HTTPResponse(status: 204)
    default:
        let text = "\(request.method.rawValue) \(request.path) \(request.query ?? "-") \(request.body.count)"
        return HTTPResponse(status: 200, body: .bytes(Array(text.utf8)))
    }
}

/// Waits, by polling, for what another thread is about to make true.
func eventually(_ condition: () -> Bool) async throws -> Bool {
    for _ in 0..<2000 {
        if condition() { return true }
        try await Task.sleep(for: .milliseconds(5))
    }
    return false
}
