import Glibc
import TestSupport
import Testing

/// The real nginx with the configuration of `make run`, in front of scripted services.
final class Gateway: Sendable {
    let identity, catalog, booking, analytics: ScriptedService
    /// An address of its own, so that tests that run side by side never meet.
    private let host = "127.\(Int.random(in: 1...254)).\(Int.random(in: 0...255)).\(Int.random(in: 1...254))"
    private let port: UInt16 = 8080
    private let directory = temporaryPath("gateway")
    private let process: ChildProcess

    /// The folder of the configuration.
    static var sources: String { "\(checkoutPath)/Gateway" }

    init(limits: String = "off", script: ScriptedService.Script? = nil) throws {
        identity = ScriptedService(name: "identity", script: script)
        catalog = ScriptedService(name: "catalog", script: script)
        booking = ScriptedService(name: "booking", script: script)
        analytics = ScriptedService(name: "analytics", script: script)
        let log = directory + ".log"
        let places = [directory, "\(host):\(port)"] + [identity, catalog, booking, analytics].map(\.address)
        let configure = try ChildProcess(
            "\(Self.sources)/configure.sh", places, environment: ["LIMITS": limits], output: log)
        try #require(configure.waitForEnd() == .exited(0))
        // At TERM it takes its workers with it.
        process = try ChildProcess(
            "/usr/sbin/nginx", ["-e", "stderr", "-p", directory, "-c", "nginx.conf"], output: log, parting: "TERM")
        while !accepts() {
            try #require(process.ending == nil, "nginx did not start")
            usleep(10_000)
        }
    }

    private func accepts() -> Bool {
        guard let socket = Socket.connect(to: host, port: port) else { return false }
        socket.close()
        return true
    }

    deinit {
        process.signal(SIGTERM)
        _ = process.waitForEnd()
        for service in [identity, catalog, booking, analytics] { service.stop() }
    }

    /// - Parameter source: the address that the client has.
    func connect(from source: String? = nil) throws -> MessageReader {
        try MessageReader(#require(Socket.connect(to: host, port: port, from: source)))
    }

    /// Sends one request on a connection of its own.
    /// - Parameter fields: whole lines, each with its line end.
    func send(_ method: String, _ target: String, fields: String = "", body: String? = nil) throws -> Message {
        let length = body.map { "Content-Length: \($0.utf8.count)\r\n" } ?? ""
        let head = "\(method) \(target) HTTP/1.1\r\nHost: marquee.example\r\n\(length)\(fields)\r\n"
        return try send(raw: head + (body ?? ""), bodiless: method == "HEAD")
    }

    /// Sends bytes as they are, and reads one answer.
    func send(raw: String, bodiless: Bool = false) throws -> Message {
        var connection = try connect()
        defer { connection.socket.close() }
        connection.socket.send(Array(raw.utf8))
        let answer = connection.next(bodiless: bodiless)
        return try #require(answer, "no answer to \(raw.prefix(80))")
    }

    /// Ends it the gentle way and reads what it wrote: log lines and complaints.
    func logAfterQuitting() throws -> String {
        process.signal(SIGQUIT)
        _ = process.waitForEnd()
        return try readFile(directory + ".log")
    }
}

extension ChildProcess {
    /// Blocks until it has ended.
    func waitForEnd() -> Ending {
        while true {
            if let ending { return ending }
            usleep(5_000)
        }
    }
}
