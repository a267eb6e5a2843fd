import Auth

/// Who may use a route.
public enum Access: Sendable, Equatable {
    case anyone
    /// Anyone; a token is not needed, but one that is sent must be good.
    case tokenWelcome
    case role(Role)
    /// Another service, by the credential they share.
    case service
}

/// What a route takes as its body.
public enum BodyRule: Sendable, Equatable {
    /// GET and DELETE: whatever is sent is ignored (RFC 9110, 9.3.1).
    case none
    /// Nothing, or an object with nothing that matters.
    case optional
    case json
    /// JSON, also under `text/plain`: browsers' `sendBeacon` cannot say otherwise without a preflight.
    case jsonOrText
    /// Whatever was sent, as it was sent (`Request.bytes`): for bodies whose bytes are signed.
    case raw
}

/// One line of a service's HTTP surface.
public struct Route: Sendable {
    public typealias Handler = @Sendable (Request, Principal?) async throws -> Response

    public let method: String
    public let pattern: String
    let access: Access
    let body: BodyRule
    /// In bytes; more is a 413.
    var largestBody = 65_536
    /// Its answers are for nobody on the way to keep.
    var isSecret = false
    /// Refused while the server is crowded.
    var yields = false
    let handler: Handler

    public static func get(
        _ pattern: String, access: Access = .anyone, _ handler: @escaping @Sendable (Request) async throws -> Response
    ) -> Route {
        Route(method: "GET", pattern: pattern, access: access, body: .none) { request, _ in try await handler(request) }
    }

    public static func get(
        _ pattern: String, for role: Role, _ handler: @escaping @Sendable (Request, Principal) async throws -> Response
    ) -> Route {
        Route(method: "GET", pattern: pattern, access: .role(role), body: .none, handler: signedIn(handler))
    }

    public static func post(
        _ pattern: String, access: Access = .anyone, body: BodyRule = .json,
        _ handler: @escaping @Sendable (Request) async throws -> Response
    ) -> Route {
        Route(method: "POST", pattern: pattern, access: access, body: body) { request, _ in try await handler(request) }
    }

    public static func post(
        _ pattern: String, for role: Role, body: BodyRule = .json,
        _ handler: @escaping @Sendable (Request, Principal) async throws -> Response
    ) -> Route {
        Route(method: "POST", pattern: pattern, access: .role(role), body: body, handler: signedIn(handler))
    }

    /// The same route for bodies of up to so many bytes, which is for the few that need more than others.
    public func taking(bytes: Int) -> Route {
        var copy = self
        copy.largestBody = bytes
        return copy
    }

    /// The same route for answers that hold a secret: neither a browser nor anybody on the way keeps them (RFC 9111,
    /// 5.2.2.5), refusals and replays included.
    public func secret() -> Route {
        var copy = self
        copy.isSecret = true
        return copy
    }

    /// The same route, refused with 503 while the server is crowded: it begins something, and what others have begun goes
    /// first. Otherwise everybody would get as far as the first step, and hardly anybody to the last.
    public func yielding() -> Route {
        var copy = self
        copy.yields = true
        return copy
    }

    public static func post(tokenWelcome pattern: String, body: BodyRule, _ handler: @escaping Handler) -> Route {
        Route(method: "POST", pattern: pattern, access: .tokenWelcome, body: body, handler: handler)
    }

    public static func put(
        _ pattern: String, access: Access, _ handler: @escaping @Sendable (Request) async throws -> Response
    ) -> Route {
        Route(method: "PUT", pattern: pattern, access: access, body: .json) { request, _ in try await handler(request) }
    }

    public static func delete(
        _ pattern: String, access: Access, _ handler: @escaping @Sendable (Request) async throws -> Response
    ) -> Route {
        Route(method: "DELETE", pattern: pattern, access: access, body: .none) { request, _ in
            try await handler(request)
        }
    }

    public static func delete(
        _ pattern: String, for role: Role, _ handler: @escaping @Sendable (Request, Principal) async throws -> Response
    ) -> Route {
        Route(method: "DELETE", pattern: pattern, access: .role(role), body: .none, handler: signedIn(handler))
    }

    public static func patch(
        _ pattern: String, for role: Role, _ handler: @escaping @Sendable (Request, Principal) async throws -> Response
    ) -> Route {
        Route(method: "PATCH", pattern: pattern, access: .role(role), body: .json, handler: signedIn(handler))
    }

    private static func signedIn(
        _ handler: @escaping @Sendable (Request, Principal) async throws -> Response
    ) -> Handler {
        { request, principal in
            guard let principal else { throw APIError.tokenMissing }
            return try await handler(request, principal)
        }
    }
}
