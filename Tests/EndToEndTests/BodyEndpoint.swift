import TestSupport

/// An endpoint that reads a body: what is good there, and what each of its fields is.
struct BodyEndpoint: Sendable {
    let target: String
    let isForAnyone: Bool
    let good: String
    /// The status of a good body.
    let status: Int
    let fields: [String: Kind]

    enum Kind: Sendable { case text, number, object }

    /// Values that are never of that kind.
    private static let values: [(String, Kind?)] = [
        (#""text""#, .text), ("1", .number), ("true", nil), ("[]", nil), ("{}", .object), ("[1]", nil),
    ]

    func wrongValues(of field: String) -> [String] { Self.values.filter { $0.1 != fields[field] }.map(\.0) }

    /// Each is sent with a seated, open booking of its own.
    static func all(booking: String) -> [BodyEndpoint] {
        [
            BodyEndpoint(
                target: "/v1/auth/signup", isForAnyone: true,
                good: #"{"email":"a@b.example","password":"long enough"}"#,
                status: 201, fields: ["email": .text, "password": .text]),
            BodyEndpoint(
                target: "/v1/auth/signin", isForAnyone: true,
                good: #"{"email":"customer@marquee.example","password":"let-me-in-please"}"#, status: 200,
                fields: ["email": .text, "password": .text]),
            BodyEndpoint(
                target: "/v1/movies/\(StackSession.movie)/rate", isForAnyone: false, good: #"{"value":4}"#, status: 200,
                fields: ["value": .number]),
            BodyEndpoint(
                target: "\(booking)/reserve", isForAnyone: false, good: #"{"seats":2}"#, status: 200,
                fields: ["seats": .number]),
            BodyEndpoint(
                target: "/v1/analytics/track", isForAnyone: true,
                good: #"{"tracking_id":"t","type":"page_enter","page":{"scheme":"s","path":"/","query":{}}}"#,
                status: 204, fields: ["tracking_id": .text, "type": .text, "page": .object]),
        ]
    }
}
