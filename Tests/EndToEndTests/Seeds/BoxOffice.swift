import Auth
import JSON
import TestSupport
import Testing
import Time

/// The chain as its staff and its customers use it: nothing but public requests through the gateway.
struct BoxOffice {
    let stack: Stack
    let admin: String
    let customer: String

    /// - Parameter holdSeconds: how long a booking stays open.
    static func run(holdSeconds: Int = 60, _ body: (BoxOffice) async throws -> Void) async throws {
        try await Stack.run(settings: ["HOLD_SECONDS": "\(holdSeconds)"]) { stack in
            try await body(
                BoxOffice(stack: stack, admin: stack.token(user: 3, role: .admin), customer: stack.token(user: 1_001)))
        }
    }

    func asAdmin(_ method: String, _ target: String, _ body: String? = nil) async throws -> Answer {
        try await stack.send(method, target, token: admin, body: body.map { Array($0.utf8) })
    }

    /// Makes something, and says under which id.
    func make(_ target: String, _ body: String, sourceLocation: SourceLocation = #_sourceLocation) async throws
        -> String
    {
        let answer = try await asAdmin("POST", target, body)
        let text = "\(String(decoding: answer.body, as: UTF8.self))"
        try #require(answer.status == 201, "\(text)", sourceLocation: sourceLocation)
        let object = answer.json.objectValue?.members.first?.value
        return try #require(object?["id"]?.stringValue, "\(text)", sourceLocation: sourceLocation)
    }

    func movie(_ title: String = "La Course", more: String = "") async throws -> String {
        try await make("/v1/movies", #"{"title":"\#(title)","duration":90\#(more)}"#)
    }

    func place(_ name: String = "Le Petit Écran", city: String = "Cassis", capacity: Int = 50) async throws -> String {
        try await make(
            "/v1/places",
            #"""
            {"name":"\#(name)","address":"1 rue du Port","city":"\#(city)","time_zone":"Europe/Paris",
             "capacity":\#(capacity)}
            """#)
    }

    /// A room with rows A and B of four standard seats each.
    func seatedRoom(_ place: String) async throws -> String {
        let seats = ["A", "B"].enumerated().flatMap { y, row in
            (1...4).map { #"{"row":"\#(row)","number":\#($0),"x":\#($0),"y":\#(y)}"# }
        }
        return try await make(
            "/v1/places/\(place)/rooms", #"{"name":"Salle rouge","seats":[\#(seats.joined(separator: ","))]}"#)
    }

    /// - Parameter where: `"place_id":"…"` or `"room_id":"…"`.
    func session(_ movie: String, _ where: String, hours: Int64 = 24, more: String = "") async throws -> String {
        try await make(
            "/v1/sessions",
            #"{"movie_id":"\#(movie)",\#(`where`),"starts_at":"\#(Self.moment(hours: hours))"\#(more)}"#)
    }

    static func moment(hours: Int64) -> String { moment(minutes: hours * 60) }

    /// So long from now, to the full minute.
    static func moment(minutes: Int64) -> String {
        let now = WallClock.system.now().rawValue
        return Timestamp(rawValue: (now / 60_000 + minutes) * 60_000).rfc3339
    }

    /// Opens a booking: its path.
    func book(_ session: String, token: String? = nil) async throws -> String {
        let answer = try await stack.post("/v1/sessions/\(session)/book", token: token ?? customer)
            .expect(201, .booking([:]))
        return "/v1/bookings/\(try #require(answer["booking"]?["id"]?.stringValue))"
    }

    /// A booking with seats, confirmed: its path.
    func sell(_ seats: Int, _ session: String, token: String? = nil) async throws -> String {
        let booking = try await book(session, token: token)
        let reserved = try await stack.post(
            "\(booking)/reserve", #"{"seats":\#(seats)}"#, token: token ?? customer)
        try #require(reserved.status == 200)
        try #require(try await stack.post("\(booking)/confirm", token: token ?? customer).status == 200)
        return booking
    }

    /// The ids of a list's items, of all pages.
    func ids(_ target: String, of name: String, token: String? = nil) async throws -> [String] {
        var (ids, cursor) = ([String](), "")
        repeat {
            let more = cursor.isEmpty ? "" : "\(target.contains("?") ? "&" : "?")cursor=\(cursor)"
            let answer = try await stack.get(target + more, token: token)
            try #require(answer.status == 200, "\(target): \(String(decoding: answer.body, as: UTF8.self))")
            ids += (answer.json[name]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
            let goesOn = answer.json["metadata"]?["has_more"] == true
            cursor = goesOn ? answer.json["metadata"]?["end_cursor"]?.stringValue ?? "" : ""
        } while !cursor.isEmpty
        return ids
    }

    func seats(of session: String) async throws -> [JSONValue] {
        let answer = try await stack.get("/v1/sessions/\(session)/seats")
        try #require(answer.status == 200)
        return answer.json["seats"]?.arrayValue ?? []
    }

    func counts(of session: String) async throws -> [String: Int64] {
        let answer = try await stack.get("/v1/sessions/\(session)/seats")
        try #require(answer.status == 200)
        let members = answer.json["counts"]?.objectValue?.members ?? []
        return Dictionary(members.map { ($0.name, $0.value.integerValue ?? -1) }) { _, last in last }
    }

    /// What a service tells another is there within seconds.
    func eventually(
        sourceLocation: SourceLocation = #_sourceLocation, _ condition: () async throws -> Bool
    ) async throws {
        for _ in 0..<600 {
            if try await condition() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        Issue.record("not within half a minute", sourceLocation: sourceLocation)
    }

    func id(_ path: String) -> String { String(path.split(separator: "/").last ?? "") }
}
