import TestSupport
import Time

/// One line of `degradedRows`: a request, and what is promised of it while a service is away.
struct Endpoint: Sendable {
    enum Absence: Sendable, CaseIterable { case dead, frozen }

    /// What is answered, and for how long somebody may have been waited for before.
    struct Outcome: Sendable, Hashable {
        var status: Int
        var code = ""
        var milliseconds = 0
    }

    struct Request: Sendable {
        let method: String
        let target: String
        let token: String?
        let headers: [(String, String)]
        let body: String?
    }

    /// What its service asks of a neighbour.
    private struct Need: Sendable {
        let neighbour: String
        let milliseconds: Int
        let isHard: Bool

        /// `catalog:1000`, `catalog?250`; nil for anything else.
        init?(_ text: Substring) {
            let parts = text.split { $0 == ":" || $0 == "?" }
            guard parts.count == 2, let milliseconds = Int(parts[1]) else { return nil }
            neighbour = String(parts[0])
            self.milliseconds = milliseconds
            isHard = text.contains(":")
        }
    }

    /// For how long the gateway waits for a service.
    private static let gatewayMilliseconds = 5_000

    static let all = degradedRows.split(separator: "\n").dropFirst().map(Endpoint.init)

    /// As the API's description names it: `GET /v1/movies/{movie_id}`.
    let operation: String
    let remark: String
    let status: Int
    private let service: String
    private let need: Need?
    private let caller: String
    private let method: String
    private let target: String
    private let body: String?

    private init(_ line: Substring) {
        let words = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
        precondition(words.count == 6, "\(line)")
        let parts = words[5].split(separator: " # ", maxSplits: 1)
        let request = parts[0].split(separator: " ", maxSplits: 1)
        (service, status, caller) = (String(words[0]), Int(words[1]) ?? 0, String(words[2]))
        (need, method) = (Need(words[3]), String(words[4]))
        (target, body) = (String(request[0]), request.count > 1 ? String(request[1]) : nil)
        remark = parts.count > 1 ? String(parts[1]) : ""
        let route = target.prefix { $0 != "?" }.replacing(/\{([a-z_]+)=[A-Za-z]+\}/) { "{\($0.1)}" }
        operation = "\(method) \(route)"
    }

    var title: String { "`\(operation)`" + (remark.isEmpty ? "" : ", \(remark)") }

    func request(_ preparation: Preparation) -> Request {
        let path = target.replacing(/\{([a-z_]+=)?([A-Za-z_]+)\}/) { preparation[$0.2] }
        let body = body.map { Self.fill($0, preparation) }
        let isSigned = caller == "stripe"
        let signature = isSigned ? StripeServer.signature(of: body ?? "", at: WallClock.system.now().rawValue) : ""
        return Request(
            method: method, target: Self.fill(path, preparation), token: preparation.tokens[caller],
            headers: isSigned ? [("Stripe-Signature", signature)] : [], body: body)
    }

    private static func fill(_ text: String, _ preparation: Preparation) -> String {
        text.replacing(/\$([A-Za-z_]+)/) { preparation[$0.1] }
    }

    func outcome(without name: String, _ absence: Absence) -> Outcome {
        let asEver = Outcome(status: status)
        let refusal = Outcome(status: 503, code: "service_unavailable")
        switch absence {
        case .dead:
            return name == service || need?.neighbour == name && need?.isHard == true ? refusal : asEver
        case .frozen:
            if name == service {
                return Outcome(status: 504, code: "gateway_timeout", milliseconds: Self.gatewayMilliseconds)
            }
            guard let need, need.neighbour == name else { return asEver }
            var outcome = need.isHard ? refusal : asEver
            outcome.milliseconds = need.milliseconds
            return outcome
        }
    }
}
