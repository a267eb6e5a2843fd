import JSON

/// A refusal as a client sees it: a status and one or more faults, each with a stable code and a sentence.
public struct APIError: Error, Sendable, Equatable {
    public struct Header: Sendable, Equatable {
        public let name: String
        public let value: String
    }

    static let retryAfter = "Retry-After"

    public let status: Int
    public let faults: [Fault]
    public var headers: [Header] = []

    public init(_ status: Int, _ faults: [Fault]) {
        self.status = status
        self.faults = faults
    }

    public init(_ status: Int, _ code: String, _ message: String) {
        self.init(status, [Fault(code: code, message: message)])
    }

    /// 422 with everything that is wrong with a body or a query.
    public static func invalid(_ faults: [Fault]) -> APIError { APIError(422, faults) }

    /// 429, 503, or a 409 that passes by itself: not now, but try again.
    public static func later(_ status: Int, _ code: String, _ message: String, afterSeconds seconds: Int = 1)
        -> APIError
    {
        APIError(status, code, message).adding(retryAfter, "\(seconds)")
    }

    public static let unavailable = later(
        503, "service_unavailable", "The service cannot answer at the moment. Try again shortly.")
    public static let internalError = APIError(500, "internal_error", "Something went wrong on our side.")

    /// What the HTTP server itself refuses, before any route is looked for.
    public init(serverStatus status: Int) {
        self =
            switch status {
            case 408: APIError(408, "request_timeout", "The request took too long to arrive.")
            case 413: APIError(413, "body_too_large", "The body is larger than allowed here.")
            case 414: APIError(414, "uri_too_long", "The address is too long.")
            case 431: APIError(431, "headers_too_large", "The header fields are too long.")
            case 501: APIError(501, "not_implemented", "This transfer coding is not known here.")
            case 505: APIError(505, "http_version_not_supported", "This version of HTTP is not spoken here.")
            case 500...: .unavailable
            default: APIError(status, "bad_request", "This is not a valid HTTP request.")
            }
    }

    public func adding(_ name: String, _ value: String) -> APIError {
        var copy = self
        copy.headers.append(Header(name: name, value: value))
        return copy
    }

    public var response: Response {
        var response = Response.json(status) { json in
            json.array("errors") { json in
                for fault in faults {
                    json.object { json in
                        json.field("code", fault.code)
                        json.field("message", fault.message)
                    }
                }
            }
        }
        response.headers += headers.map { ($0.name, $0.value) }
        return response
    }
}

/// An error of a service's domain that knows what a client is told.
public protocol APIRefusal: Error {
    var apiError: APIError { get }
}

/// A neighbour that is needed did not answer, or not sensibly: the client is told to come back, the log why.
public struct NeighbourError: APIRefusal, CustomStringConvertible {
    public let description: String

    public init(_ neighbour: String, _ reason: String) { description = "\(neighbour): \(reason)" }

    public var apiError: APIError { .unavailable }
}

extension Fields {
    /// 422 with all faults found so far.
    public var refusal: APIError { .invalid(faults) }
}
