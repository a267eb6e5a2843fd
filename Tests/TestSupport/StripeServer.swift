import Auth
import Glibc
import Synchronization
import Time

/// A payment provider of our own that speaks Stripe's wire format: a real listener, with a ledger that says what was
/// charged in the end, and faults to be switched on.
public final class StripeServer: Sendable {
    public enum Operation: String, CaseIterable, Sendable { case create, retrieve, list, capture, cancel, refund }

    /// What goes wrong with one request: before it has an effect, or after.
    public enum Fault: String, CaseIterable, Sendable {
        case silentBefore, silentAfter, failBefore, failAfter, cutBefore, cutAfter, holdBefore, holdAfter
        /// The bank does not want to.
        case refused
        /// What was held has lapsed, says the provider.
        case lapsed
        /// Our key is not good any more.
        case denied
        /// A refund takes the bank some days.
        case pending
        /// A list does not have yet what was made a moment ago.
        case hidden
    }

    private struct State {
        var ledger = StripeLedger()
        var clock = WallClock.system
        /// By what they are of: one booking, or any.
        var faults: [String: [Fault]] = [:]
        var asked: [Operation] = []
        var isHolding = false
        var letGo = 0
        var working: Set<String> = []
        var wrong: [String] = []
    }

    public static let secretKey = "sk_test_of_the_provider_of_ours"
    public static let webhookSecret = "whsec_of_the_provider_of_ours"

    public let url: String
    private let listener: Socket
    private let state = Mutex(State())

    public init() {
        let (socket, port) = Socket.listen(on: "127.0.0.1")
        listener = socket
        url = "http://127.0.0.1:\(port)"
        Threads.start { [self] in
            while let client = listener.accept() { Threads.start { self.serve(client) } }
            listener.close()
        }
    }

    public func stop() { listener.shutDown() }

    /// What a service of ours is set up with.
    public var settings: [String: String] {
        [
            "PAYMENTS": "stripe", "STRIPE_URL": url, "STRIPE_SECRET_KEY": Self.secretKey,
            "STRIPE_WEBHOOK_SECRET": Self.webhookSecret,
        ]
    }

    // MARK: Faults

    /// The next requests of that kind go wrong, one after the other.
    /// - Parameter booking: whose requests; anybody's without one.
    public func fail(_ operation: Operation, of booking: String = "", _ faults: Fault...) {
        state.withLock { $0.faults["\(operation) \(booking)", default: []] += faults }
    }

    public func recover() {
        state.withLock { state in
            state.faults = [:]
            state.letGo += 1
        }
    }

    /// Whether a request is held just now.
    public var isHolding: Bool { state.withLock { $0.isHolding } }

    // MARK: The ledger

    public var intents: [StripeIntent] { state.withLock { $0.ledger.intents } }
    public var refunds: [StripeRefund] { state.withLock { $0.ledger.refunds } }
    public var events: [StripeEvent] { state.withLock { $0.ledger.events } }
    /// What was asked, in order.
    public var asked: [Operation] { state.withLock { $0.asked } }
    /// Requests that Stripe would not have understood.
    public var wrong: [String] { state.withLock { $0.wrong } }

    /// What the customer does at the bank, or the bank by itself.
    public func settle(_ payment: String, as status: StripeIntent.Status) {
        state.withLock { $0.ledger.settle(payment, as: status, now: $0.clock.now().rawValue) }
    }

    /// What the bank does with a refund, sooner or later.
    public func settle(refund id: String, as status: StripeRefund.Status) {
        state.withLock { $0.ledger.settle(refund: id, as: status) }
    }

    /// Its time is the service's.
    public func keepTime(by clock: ManualClock) { state.withLock { $0.clock = clock.wall } }

    /// As after a day: what was answered to keys is forgotten.
    public func forgetKeys() { state.withLock { $0.ledger.forgetKeys() } }

    /// Lists no more than so many at once, so that few are enough for several pages.
    public func list(atMost count: Int) { state.withLock { $0.ledger.longestPage = count } }

    /// The value of `Stripe-Signature`.
    public static func signature(
        of body: String, at milliseconds: Int64, secret: String = webhookSecret, others: [String] = []
    ) -> String {
        let seconds = milliseconds / 1000
        let code = HMACSHA256.code(of: Array("\(seconds).\(body)".utf8), key: Array(secret.utf8))
        let hex = code.map { byte in String(byte >> 4, radix: 16) + String(byte & 15, radix: 16) }.joined()
        return "t=\(seconds)," + (others + [hex]).map { "v1=\($0)" }.joined(separator: ",")
    }

    // MARK: The wire

    private func serve(_ client: Socket) {
        var buffer: [UInt8] = []
        while let (request, head) = read(client, &buffer) {
            guard answer(request, head, client) else { break }
        }
        client.shutDown()
        client.close()
    }

    /// - Returns: whether the connection lives on.
    private func answer(_ request: StripeLedger.Request, _ head: String, _ client: Socket) -> Bool {
        guard let operation = request.operation, isRight(request, head) else {
            client.send(Self.bytes(.error(401, "invalid_request_error", "not_right")))
            return true
        }
        let fault = state.withLock { state -> Fault? in
            state.asked.append(operation)
            let keys = ["\(operation) \(state.ledger.booking(of: request) ?? "")", "\(operation) "]
            guard let key = keys.first(where: { state.faults[$0]?.isEmpty == false }) else { return nil }
            return state.faults[key]?.removeFirst()
        }
        switch fault {
        case .silentBefore: return wait(client)
        case .cutBefore: return false
        case .holdBefore: hold()
        default: break
        }
        let name = request.key ?? ""
        guard name.isEmpty || state.withLock({ $0.working.insert(name).inserted }) else {
            client.send(Self.bytes(.error(409, "idempotency_error", "idempotency_key_in_use")))
            return true
        }
        let reply = act(request, fault)
        if fault == .holdAfter { hold() }
        _ = state.withLock { $0.working.remove(name) }
        if fault == .silentAfter { return wait(client) }
        if fault == .cutAfter { return false }
        client.send(Self.bytes(reply))
        return true
    }

    private func act(_ request: StripeLedger.Request, _ fault: Fault?) -> StripeLedger.Reply {
        let broken = StripeLedger.Reply.error(500, "api_error", "api_error")
        let no =
            request.operation == .refund
            ? StripeLedger.Reply.error(400, "invalid_request_error", "charge_disputed")
            : StripeLedger.Reply.error(402, "card_error", "card_declined")
        return state.withLock { state in
            if fault == .denied { return .error(401, "invalid_request_error", "api_key_expired") }
            let lapse = StripeLedger.Reply.error(400, "invalid_request_error", "charge_expired_for_capture")
            let refusals = [StripeServer.Fault.failBefore: broken, .refused: no, .lapsed: lapse]
            let refusal = fault.flatMap { refusals[$0] }
            state.ledger.firstRefundStatus = fault == .pending ? .pending : .succeeded
            let reply = state.ledger.reply(to: request, now: state.clock.now().rawValue, refusing: refusal)
            if fault == .hidden { return .init(status: 200, body: #"{"object":"list","has_more":false,"data":[]}"#) }
            guard fault == .failAfter else { return reply }
            state.ledger.replace(request, by: broken)
            return broken
        }
    }

    /// As Stripe's documentation has it: the key, the version, the form.
    private func isRight(_ request: StripeLedger.Request, _ head: String) -> Bool {
        let lower = head.lowercased()
        var missing = ["authorization: bearer \(Self.secretKey)", "stripe-version: 20"]
        if request.method == "POST" {
            missing += ["content-type: application/x-www-form-urlencoded", "idempotency-key: "]
        }
        missing.removeAll { lower.contains("\r\n\($0)") }
        if !missing.isEmpty { state.withLock { $0.wrong.append("\(request.method) \(request.path): no \(missing)") } }
        return missing.isEmpty
    }

    private func hold() {
        let before = state.withLock { state in
            state.isHolding = true
            return state.letGo
        }
        while state.withLock({ $0.letGo == before }) { usleep(1_000) }
        state.withLock { $0.isHolding = false }
    }

    /// Until the other end gives up.
    private func wait(_ client: Socket) -> Bool {
        while client.receive() != nil {}
        return false
    }

    private func read(_ client: Socket, _ buffer: inout [UInt8]) -> (StripeLedger.Request, head: String)? {
        let blank = Array("\r\n\r\n".utf8)
        while true {
            if let end = buffer.indices.first(where: { buffer[$0...].starts(with: blank) }) {
                let head = String(decoding: buffer[..<end], as: UTF8.self)
                let length = Self.field("content-length", in: head).flatMap { Int($0) } ?? 0
                if buffer.count >= end + 4 + length {
                    let body = String(decoding: buffer[(end + 4)..<(end + 4 + length)], as: UTF8.self)
                    buffer.removeFirst(end + 4 + length)
                    return Self.request(head, body).map { ($0, "\r\n" + head) }
                }
            }
            guard let more = client.receive() else { return nil }
            buffer += more
        }
    }

    private static func request(_ head: String, _ body: String) -> StripeLedger.Request? {
        let line = head.split(separator: "\r\n").first?.split(separator: " ") ?? []
        guard line.count == 3 else { return nil }
        let target = line[1].split(separator: "?", maxSplits: 1)
        return StripeLedger.Request(
            method: String(line[0]), path: String(target[0]), query: pairs(target.count > 1 ? String(target[1]) : ""),
            form: pairs(body), key: field("idempotency-key", in: head), body: body)
    }

    private static func field(_ name: String, in head: String) -> String? {
        head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("\(name): ") }
            .map { String($0.dropFirst(name.count + 2)) }
    }

    private static func pairs(_ text: String) -> [String: String] {
        text.split(separator: "&").reduce(into: [:]) { pairs, pair in
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(decoded)
            pairs[parts[0]] = parts.count > 1 ? parts[1] : ""
        }
    }

    private static func decoded(_ text: Substring) -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%"), rest.count >= 2,
                let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
            else {
                bytes.append(byte)
                continue
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func bytes(_ reply: StripeLedger.Reply) -> [UInt8] {
        Array(
            """
            HTTP/1.1 \(reply.status) Answer\r\nContent-Type: application/json\r\n\
            Content-Length: \(reply.body.utf8.count)\r\n\r\n\(reply.body)
            """.utf8)
    }
}
