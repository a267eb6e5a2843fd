import TestSupport

/// An HTTP/1.1 message as it went over the wire, a request or an answer.
struct Message: Sendable {
    /// `GET /v1/movies HTTP/1.1`, or `HTTP/1.1 200 OK`.
    let startLine: String
    let fields: [(name: String, value: String)]
    let body: [UInt8]

    /// Every value of a header field, in order.
    func values(_ name: String) -> [String] { fields.filter { $0.name == name.lowercased() }.map(\.value) }
    subscript(name: String) -> String? { values(name).first }

    /// The second word of the start line: a request's target.
    var target: String {
        String(startLine.split(separator: " ", omittingEmptySubsequences: false).dropFirst().first ?? "")
    }
    var method: String { String(startLine.prefix { $0 != " " }) }
    /// An answer's status.
    var status: Int { Int(target) ?? 0 }
    var text: String { String(decoding: body, as: UTF8.self) }
}

/// Cuts messages out of what arrives on a connection.
struct MessageReader {
    let socket: Socket
    private var pending: [UInt8] = []

    init(_ socket: Socket) { self.socket = socket }

    /// The next message; nil when the connection ends before one is whole.
    /// - Parameter bodiless: an answer that has no body whatever its fields say, as one to HEAD.
    mutating func next(bodiless: Bool = false) -> Message? {
        guard let head = head() else { return nil }
        var lines = head.split(separator: "\r\n", omittingEmptySubsequences: true).map(String.init)
        guard !lines.isEmpty else { return nil }
        let startLine = lines.removeFirst()
        let fields = lines.map { line in
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            return (name: parts[0].lowercased(), value: String(parts.last?.drop { $0 == " " } ?? ""))
        }
        let message = Message(startLine: startLine, fields: fields, body: [])
        if bodiless || message.status == 304 { return message }
        guard
            let body = message["transfer-encoding"] == "chunked"
                ? chunks() : take(Int(message["content-length"] ?? "0") ?? 0)
        else { return nil }
        return Message(startLine: startLine, fields: fields, body: body)
    }

    private mutating func head() -> String? {
        while true {
            if let end = (0...max(0, pending.count)).first(where: {
                pending[$0...].starts(with: Array("\r\n\r\n".utf8))
            }) {
                return take(end + 4).map { String(decoding: $0, as: UTF8.self) }
            }
            guard fill() else { return nil }
        }
    }

    private mutating func chunks() -> [UInt8]? {
        var body: [UInt8] = []
        while true {
            guard let size = line().flatMap({ Int($0, radix: 16) }), let chunk = take(size), line() == "" else {
                return nil
            }
            if size == 0 { return body }
            body += chunk
        }
    }

    private mutating func line() -> String? {
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                return take(end + 1).map { String(decoding: $0.dropLast(2), as: UTF8.self) }
            }
            guard fill() else { return nil }
        }
    }

    private mutating func take(_ count: Int) -> [UInt8]? {
        while pending.count < count { guard fill() else { return nil } }
        defer { pending.removeFirst(count) }
        return Array(pending[..<count])
    }

    private mutating func fill() -> Bool {
        guard let more = socket.receive() else { return false }
        pending += more
        return true
    }
}
