import HTTPServer
import JSON

/// A request as it is sent, which may be sent again.
struct SentRequest: Sendable {
    enum Meaning: Sendable {
        case open(session: Int)
        case reserve(Int)
        case pick([Int64])
        case confirm
        case cancel
        case refund
        case refundTickets([SoldTicket])
        case show
        case seats(session: Int)
        case terms(session: Int, allocation: Int, price: Int64?, startsAt: Int64)
        case close(session: Int)
    }

    let meaning: Meaning
    var method = HTTPMethod.post
    let path: String
    var body: [UInt8] = []
    /// Who asks; nil for catalog.
    var user: Int64?
    var booking: Int64 = 0
    var key: String?
    var hand: Int?

    var isRead: Bool { method == .get }

    /// What its answer is kept under: another caller's key, or another path's, is another key.
    var name: String? { key.map { "usr_\(user ?? 0) POST \(path) \($0)" } }
}

/// A ticket that is asked to be given back.
struct SoldTicket: Sendable {
    let id: Int64
    let seat: Int64?
}

/// What came back.
struct Answer {
    let status: Int
    let body: [UInt8]
    let isReplayed: Bool

    /// What is kept under a key.
    init(status: Int, body: [UInt8]) {
        self.status = status
        self.body = body
        isReplayed = false
    }

    init(_ response: HTTPResponse) {
        status = response.status
        isReplayed = response.headers.contains { $0.0 == "Idempotent-Replayed" }
        if case .bytes(let bytes) = response.body { body = bytes } else { body = [] }
    }

    var json: JSONValue { (try? JSONValue(parsing: body)) ?? .null }
    var code: String { json["errors"]?.arrayValue?.first?["code"]?.stringValue ?? "" }
    var text: String { "\(status) \(String(decoding: body, as: UTF8.self))" }
}
