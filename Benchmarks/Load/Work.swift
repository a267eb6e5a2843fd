/// One request of a client's work.
struct Step: Sendable {
    let name: String
    /// The status that lets the client go on to the next step; any other ends this round of its work.
    let status: Int
    /// A refusal that is part of life, as when the last seats have gone: it is counted, and no fault.
    var refusal: Int?
    /// Whether who is refused for too much work, or not answered in time, comes back after a second, as it was told.
    var comesBack = false
    /// Whether it is only for those whom the step before refused, as is part of life.
    var isSecondChoice = false
    /// How many seats its success has sold, in a round.
    var sells: (@Sendable (_ round: Int) -> Int)?
    /// The request's bytes: for a client, by its number; in a round, which all clients count together; about the id
    /// that was named first in the last answer that named one.
    let request: @Sendable (_ client: Int, _ round: Int, _ id: String) -> [UInt8]
}

/// What a client does in a round; of several, each has its share of the rounds.
struct Journey: Sendable {
    let name: String
    var share = 1
    let steps: [Step]

    /// Where a round goes on that was answered so; nil where it ends.
    func step(after number: Int, answered status: Int) -> Int? {
        let step = steps[number]
        let later = steps.indices.dropFirst(number + 1)
        if status == step.status { return later.first { !steps[$0].isSecondChoice } }
        guard status == step.refusal else { return nil }
        return later.first.flatMap { steps[$0].isSecondChoice ? $0 : nil }
    }
}

extension [Journey] {
    /// Which of them a round is.
    func choice(_ round: Int) -> Int {
        var left = chance(round, "journey", reduce(0) { $0 + $1.share })
        for (number, journey) in enumerated() {
            left -= journey.share
            if left < 0 { return number }
        }
        return 0
    }
}

extension Options {
    /// What clients do, round after round.
    func journeys(clients: Int) throws(Failure) -> [Journey] {
        switch work {
        case "friday": try friday()
        default: [Journey(name: work, steps: try steps(clients: clients))]
        }
    }

    private func steps(clients: Int) throws(Failure) -> [Step] {
        switch work {
        case "flow":
            try flow(
                tokens: tokens(clients), sessions: number("sessions", default: 1),
                first: number("first-session", default: 1))
        case "track":
            [
                track { client, round in
                    (
                        "visitor-\(client)", round.isMultiple(of: 2) ? "page_enter" : "page_exit",
                        "/movies/mov_\(round % 1000 + 1)"
                    )
                }
            ]
        case "get": [try get()]
        case "signin": [try signIn()]
        case "browse": try browse()
        case "onsale": try onSale()
        default: throw Failure("\(Self.works), not \(work)")
        }
    }

    /// Book, reserve two seats, confirm; rounds go over so many sessions in turn, `ses_1`, `ses_2`, … or from another on.
    private func flow(tokens: [String], sessions: Int, first: Int) -> [Step] {
        [
            Step(name: "book", status: 201) { client, round, _ in
                post("/v1/sessions/ses_\(round % sessions + first)/book", "", tokens[client])
            },
            Step(name: "reserve", status: 200) { client, _, id in
                post("/v1/bookings/\(id)/reserve", #"{"seats":2}"#, tokens[client])
            },
            Step(name: "confirm", status: 200) { client, _, id in
                post("/v1/bookings/\(id)/confirm", "", tokens[client])
            },
        ]
    }

    /// With `--fresh 1` each target differs, so that no kept answer serves; with `--users N` as many ask in turn, signed
    /// in.
    private func get() throws(Failure) -> Step {
        let (path, isFresh) = (try text("path"), try number("fresh", default: 0) > 0)
        let tokens = try self.tokens(try number("users", default: 0))
        return Step(name: "get", status: 200) { _, round, _ in
            let nonce = isFresh ? "\(path.contains("?") ? "&" : "?")nonce=\(round)" : ""
            return fetch("\(path)\(nonce)", tokens.isEmpty ? nil : tokens[round % tokens.count])
        }
    }

    /// With `--accounts N` each of `1.email`, `2.email`, … in an order of chance, all with one password.
    func signIn() throws(Failure) -> Step {
        let (email, password) = (try text("email"), try text("password"))
        let accounts = try number("accounts", default: 0)
        return Step(name: "signin", status: 200) { _, round, _ in
            let name = accounts == 0 ? email : "\(chance(round, "account", accounts) + 1).\(email)"
            return post("/v1/auth/signin", #"{"email":"\#(name)","password":"\#(password)"}"#)
        }
    }
}

func track(
    _ event: @escaping @Sendable (_ client: Int, _ round: Int) -> (visitor: String, kind: String, path: String)
) -> Step {
    Step(name: "track", status: 204) { client, round, _ in
        let (visitor, kind, path) = event(client, round)
        return post(
            "/v1/analytics/track",
            #"{"tracking_id":"\#(visitor)","type":"\#(kind)","page":{"scheme":"https","path":"\#(path)","#
                + #""query":{"from":"home","tags":["new","drama"]}}}"#)
    }
}

func fetch(_ path: String, _ token: String? = nil) -> [UInt8] {
    request("GET \(path)", token.map { "Authorization: Bearer \($0)\r\n" } ?? "", "")
}

func post(_ path: String, _ body: String, _ token: String? = nil) -> [UInt8] {
    var fields = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
    if !body.isEmpty { fields += "Content-Type: application/json\r\n" }
    return request("POST \(path)", fields + "Content-Length: \(body.utf8.count)\r\n", body)
}

private func request(_ line: String, _ fields: String, _ body: String) -> [UInt8] {
    Array("\(line) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n\(body)".utf8)
}

/// A number below a count that is the same whenever a round asks for it, and else as good as any.
func chance(_ round: Int, _ purpose: StaticString, _ count: Int) -> Int {
    var mixed = UInt64(truncatingIfNeeded: round)
    purpose.withUTF8Buffer { for byte in $0 { mixed = mixed &* 0x100_0000_01b3 ^ UInt64(byte) } }
    mixed &+= 0x9e37_79b9_7f4a_7c15
    return Int(SplitMix64.mixed(mixed) % UInt64(max(1, count)))
}

/// The same where the first are wanted most: one in a hundred is the first ten-thousandth, one in ten the first hundredth.
func popular(_ round: Int, _ purpose: StaticString, _ count: Int) -> Int {
    let part = Double(chance(round, purpose, 1 << 30)) / Double(1 << 30)
    return min(count - 1, Int(part * part * Double(count)))
}
