import Auth
import JSON
import TestSupport

/// What the requests of one round act on, made while everybody was well.
struct Preparation: Sendable {
    /// Sessions for catalog: some without a price, of which each round meets, changes and deletes others, and after them one
    /// with a price. And somebody with a part in the film.
    static let rows =
        StackSession.rows(allocations: Array(repeating: 10_000, count: priced))
            + """
            INSERT INTO tariffs (session_id, position, name, amount, currency)
            VALUES (\(StackSession.id(priced).dropFirst(4)), 0, 'full', 1200, 'EUR');
            INSERT INTO people (id, name) VALUES (900000000000001, 'Camille Durand');
            INSERT INTO people_names (rowid, name) VALUES (900000000000001, 'Camille Durand');
            INSERT INTO credits (movie_id, role, position, person_id)
            VALUES (900000000000001, 'star', 0, 900000000000001);
            """

    static let mostRounds = 300
    private static let priced = 3 * mostRounds + 2

    /// By who asks.
    let tokens: [String: String]
    private var things: [String: String]

    /// What stands for a name in `degradedRows`.
    subscript(name: Substring) -> String { things[String(name)] ?? "no \(name)" }

    /// - Parameter number: from 1, another one for each round.
    init(_ stack: Stack, _ provider: StripeServer, number: Int) async throws {
        guard number <= Self.mostRounds else { throw Stack.Failure(reason: "more rounds than there are sessions for") }
        let staff = stack.token(user: 100_000_000_000_001, role: .staff)
        let admin = stack.token(user: 100_000_000_000_003, role: .admin)
        let desk = Desk(stack: stack, token: staff)
        let office = Desk(stack: stack, token: admin)
        things = Self.constants
        things["number"] = "\(number)"
        things["unmet"] = StackSession.id(1 + number)
        things["toChange"] = StackSession.id(1 + Self.mostRounds + number)
        things["toDelete"] = StackSession.id(1 + 2 * Self.mostRounds + number)
        things["session"] = """
            {"movie_id":"\(StackSession.movie)","room_id":"rom_900000000000001",\
            "starts_at":"\(2100 + number)-01-01T12:00:00Z"}
            """
        things["spareMovie"] = try await office.made("/v1/movies", "movie", #"{"title":"Spare","duration":60}"#)
        things["sparePerson"] = try await office.made("/v1/people", "person", #"{"name":"Spare"}"#)
        things["sparePlace"] = try await office.made("/v1/places", "place", Self.place)
        let venue = try await office.made("/v1/places", "place", Self.place)
        things["venue"] = venue
        things["spareRoom"] = try await office.made(
            "/v1/places/\(venue)/rooms", "room", #"{"name":"Salle 2","capacity":50}"#)
        things["open"] = try await desk.open()
        things["reserved"] = try await desk.reserved(1)
        things["unwanted"] = try await desk.open()
        let sold = try await desk.confirmed(4)
        things["sold"] = sold
        things["returned"] = try await desk.confirmed(1)
        things["unpaid"] = try await desk.reserved(1, inSession: Self.priced)
        things["repaid"] = try await desk.confirmed(1, inSession: Self.priced, Self.payment)
        let paid = try await desk.confirmed(1, inSession: Self.priced, Self.payment)
        things["paid"] = paid
        things["event"] = provider.events.last { $0.booking == paid }?.body
        let tickets = try await desk.tickets(of: sold)
        guard tickets.count == 4 else { throw Stack.Failure(reason: "\(tickets.count) tickets of four") }
        things["toScan"] = tickets[0].code
        things["scans"] = """
            {"scans":[{"token":"\(tickets[1].code)","scanned_at":"2100-01-01T00:00:00Z","door":"North"}]}
            """
        (things["toReissue"], things["toDraw"]) = (tickets[2].id, tickets[3].id)
        let person = #"{"email":"account-\#(number)@degraded.example","password":"let-me-in-please"}"#
        let account = try await desk.made("/v1/auth/signup", "user", person)
        tokens = [
            "staff": staff, "admin": admin, "account": stack.token(user: Int64(account.dropFirst(4)) ?? 0),
        ]
        _ = try await stack["booking"].sql("UPDATE sessions SET named_at = 0, detailed_at = 0")
    }

    private static let payment = #"{"payment_method":"pm_card_visa"}"#
    private static let place =
        #"{"name":"Le Champo","address":"51 rue des Écoles, 75005 Paris","city":"Paris","time_zone":"Europe/Paris"}"#

    private static let constants = [
        "movie_id": StackSession.movie, "place_id": StackSession.place, "room_id": "rom_900000000000001",
        "session_id": StackSession.id(1), "person_id": "psn_900000000000001", "user_id": "usr_100000000000101",
        "email": "customer@marquee.example", "password": "let-me-in-please", "another": "seven lamps by the door",
        "payment": payment, "place": place,
        "page": #"{"tracking_id":"degraded","type":"page_enter","page":{"scheme":"https","path":"/","query":{}}}"#,
    ]
}

private struct Desk {
    let stack: Stack
    let token: String

    @discardableResult
    func post(_ target: String, _ body: String? = nil) async throws -> Answer {
        let answer = try await stack.post(target, body, token: token)
        guard answer.status < 300 else { throw Stack.Failure(reason: "\(target): \(answer.status) \(answer.codes)") }
        return answer
    }

    /// The id of what is made.
    func made(_ target: String, _ name: String, _ body: String? = nil) async throws -> String {
        let answer = try await post(target, body)
        guard let id = answer.json[name]?["id"]?.stringValue else {
            throw Stack.Failure(reason: "\(target): no \(name)")
        }
        return id
    }

    func open(inSession number: Int = 1) async throws -> String {
        try await made("/v1/sessions/\(StackSession.id(number))/book", "booking")
    }

    func reserved(_ seats: Int, inSession number: Int = 1) async throws -> String {
        let booking = try await open(inSession: number)
        try await post("/v1/bookings/\(booking)/reserve", #"{"seats":\#(seats)}"#)
        return booking
    }

    func confirmed(_ seats: Int, inSession number: Int = 1, _ payment: String? = nil) async throws -> String {
        let booking = try await reserved(seats, inSession: number)
        try await post("/v1/bookings/\(booking)/confirm", payment)
        return booking
    }

    func tickets(of booking: String) async throws -> [(id: String, code: String)] {
        let answer = try await stack.get("/v1/bookings/\(booking)/tickets", token: token)
        return (answer.json["tickets"]?.arrayValue ?? []).map {
            ($0["id"]?.stringValue ?? "", $0["token"]?.stringValue ?? "")
        }
    }
}
