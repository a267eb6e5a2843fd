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
    static var sources: String { #filePath.split(separator: "/").dropLast(3).reduce("") { $0 + "/" + $1 } + "/Gateway" }

    init(limits: String = "off", script: ScriptedService.Script? = nil) throws {
        identity = ScriptedService(name: "identity", script: script)
        catalog = ScriptedService(name: "catalog", script: script)
        booking = ScriptedService(name: "booking", script: script)
        analytics = ScriptedService(name: "analytics", script: script)
        let configure = ["LIMITS=\(limits)", "\(Self.sources)/configure.sh", directory, "\(host):\(port)"]
        let services = [identity, catalog, booking, analytics].map(\.address)
        try #require(ChildProcess("/usr/bin/env", configure + services, output: directory + ".log").wait() == 0)
        process = try ChildProcess(
            "/usr/sbin/nginx", ["-e", "stderr", "-p", directory, "-c", "nginx.conf"], output: directory + ".log")
        while !accepts() {
            try #require(!process.hasEnded, "nginx did not start")
            usleep(10_000)
        }
    }

    private func accepts() -> Bool {
        guard let socket = Socket.connect(to: host, port: port) else { return false }
        socket.close()
        return true
    }

    deinit {
        _ = process.end(SIGTERM)
        for service in [identity, catalog, booking, analytics] { service.stop() }
    }

    func connect() throws -> MessageReader { try MessageReader(#require(Socket.connect(to: host, port: port))) }

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
        _ = process.end(SIGQUIT)
        return try contents(of: directory + ".log")
    }
}

private func contents(of path: String) throws -> String {
    let file = try #require(fopen(path, "r"))
    defer { fclose(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65536)
    while case let count = fread(&buffer, 1, buffer.count, file), count > 0 { bytes += buffer[..<count] }
    return String(decoding: bytes, as: UTF8.self)
}
