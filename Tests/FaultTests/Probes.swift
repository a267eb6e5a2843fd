import Auth
import TestSupport
import Testing

/// A write and some reads of each service, none of which a customer of `Load` does.
final class Probes {
    private typealias Request = (method: String, target: String, token: String?, body: String?)

    private static let refusals = 25

    private let stack: Stack
    private var number = 0

    /// The first who asks about a session makes booking write down what catalog says of it: that is done here.
    init(_ stack: Stack) async throws {
        self.stack = stack
        try await expectRecovery("nothing is wrong yet")
    }

    private func token(_ role: Role = .customer) -> String { stack.token(user: 600_001, role: role) }

    private func writes() -> [String: Request] {
        number += 1
        let person = #"{"email":"\#(number)@probe.example","password":"correct horse battery"}"#
        let event = #"{"tracking_id":"probe","type":"page_enter","page":{"scheme":"https","path":"/","query":{}}}"#
        return [
            "identity": ("POST", "/v1/auth/signup", nil, person),
            "catalog": ("POST", "/v1/people", token(.admin), #"{"name":"Number \#(number)"}"#),
            "booking": ("POST", "/v1/sessions/\(StackSession.id(1))/book", token(), nil),
            "analytics": ("POST", "/v1/analytics/track", nil, event),
        ]
    }

    private func reads() -> [Request] {
        let visitor = #"{"email":"customer@marquee.example","password":"let-me-in-please"}"#
        return [
            ("GET", "/.well-known/jwks.json", nil, nil),
            ("POST", "/v1/auth/signin", nil, visitor),
            ("GET", "/v1/movies", nil, nil),
            ("GET", "/v1/movies/\(StackSession.movie)?expand=ratings,sessions", nil, nil),
            ("GET", "/v1/sessions/\(StackSession.id(1))/seats", nil, nil),
            ("GET", "/v1/bookings", token(), nil),
            ("GET", "/v1/analytics/events?tracking_id=probe", token(.admin), nil),
            ("GET", "/v1/analytics/pages?group_by=path", token(.admin), nil),
        ]
    }

    private func ask(_ request: Request) async throws -> Answer {
        try await stack.send(
            request.method, request.target, token: request.token, body: request.body.map { Array($0.utf8) })
    }

    /// Every service comes to refuse writes, as a log that has room takes a few more, and answers reads all the while.
    func expectRefusals(_ what: Comment) async throws {
        for service in stack.services {
            try await eventually("\(service.name) refuses writes: \(what)") { answer in
                guard answer.status == 503 else { return false }
                #expect(answer.codes == ["service_unavailable"] && answer.header("retry-after") != nil, what)
                return true
            } of: {
                try await self.ask(self.write(to: service))
            }
        }
        // Nor do refusals use anything up.
        for service in stack.services {
            let before = try service.child().descriptors
            for _ in 0..<Self.refusals { _ = try await ask(write(to: service)) }
            #expect(try service.child().descriptors < before + Self.refusals, "\(service.name): \(what)")
        }
        for request in reads() {
            let answer = try await ask(request)
            #expect(answer.status == 200, "\(request.target), \(what): \(answer.status) \(answer.codes)")
        }
    }

    func expectRecovery(_ what: Comment) async throws {
        for service in stack.services {
            try await eventually("\(service.name) writes again: \(what)") {
                $0.status < 300
            } of: {
                try await self.ask(self.write(to: service))
            }
        }
    }

    private func write(to service: StackService) throws -> Request {
        try #require(writes()[service.name])
    }

    /// Within a minute. Whatever else is answered meanwhile is a success or a refusal that asks to come back.
    private func eventually(
        _ what: String, _ holds: (Answer) -> Bool, of ask: () async throws -> Answer
    ) async throws {
        for _ in 0..<6_000 {
            let answer = try await ask()
            if holds(answer) { return }
            #expect(answer.status < 300 || answer.status == 503, "\(what): \(answer.status) \(answer.codes)")
            try await Task.sleep(for: .milliseconds(10))
        }
        throw Stack.Failure(reason: "it does not come about that \(what)")
    }
}
