/// One request of a client's work.
struct Step: Sendable {
    let name: String
    /// The status that lets the client go on to the next step; any other ends this round of its work.
    let status: Int
    /// The request's bytes: for a client, by its number; in a round, which all clients count together; about the id
    /// that the answer before it named first.
    let request: @Sendable (_ client: Int, _ round: Int, _ id: String) -> [UInt8]
}

extension Options {
    /// What each client does, round after round.
    func steps(clients: Int) throws(Failure) -> [Step] {
        switch work {
        case "flow":
            try flow(
                tokens: tokens(clients), sessions: number("sessions", default: 1),
                first: number("first-session", default: 1))
        case "track": [track]
        case "get":
            [
                get(
                    try text("path"), isFresh: try number("fresh", default: 0) > 0,
                    authorization: try number("signed-in", default: 0) > 0 ? tokens(clients) : [])
            ]
        case "signin": [signIn(try text("email"), password: try text("password"))]
        default: throw Failure("flow, track, get or signin, not \(work)")
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

    private var track: Step {
        Step(name: "track", status: 204) { client, round, _ in
            let kind = round.isMultiple(of: 2) ? "page_enter" : "page_exit"
            let path = "/movies/mov_\(round % 1000 + 1)"
            return post(
                "/v1/analytics/track",
                #"{"tracking_id":"visitor-\#(client)","type":"\#(kind)","page":{"scheme":"https","path":"\#(path)","#
                    + #""query":{"from":"home","tags":["new","drama"]}}}"#)
        }
    }

    /// - Parameter isFresh: whether each target differs, so that no kept answer serves.
    private func get(_ path: String, isFresh: Bool, authorization tokens: [String]) -> Step {
        Step(name: "get", status: 200) { client, round, _ in
            let nonce = isFresh ? "\(path.contains("?") ? "&" : "?")nonce=\(round)" : ""
            return request(
                "GET \(path)\(nonce)", tokens.isEmpty ? "" : "Authorization: Bearer \(tokens[client])\r\n", "")
        }
    }

    private func signIn(_ email: String, password: String) -> Step {
        Step(name: "signin", status: 200) { _, _, _ in
            post("/v1/auth/signin", #"{"email":"\#(email)","password":"\#(password)"}"#)
        }
    }
}

private func post(_ path: String, _ body: String, _ token: String? = nil) -> [UInt8] {
    var fields = token.map { "Authorization: Bearer \($0)\r\n" } ?? ""
    if !body.isEmpty { fields += "Content-Type: application/json\r\n" }
    return request("POST \(path)", fields + "Content-Length: \(body.utf8.count)\r\n", body)
}

private func request(_ line: String, _ fields: String, _ body: String) -> [UInt8] {
    Array("\(line) HTTP/1.1\r\nHost: localhost\r\n\(fields)\r\n\(body)".utf8)
}
