import Auth
import JSON
import TestSupport

/// What the requests of one round act on, made while everybody was well.
struct Preparation: Sendable {
    struct Ticket: Sendable {
        let id: String
        let code: String
    }

    static let payment = #"{"payment_method":"pm_card_visa"}"#

    /// Sessions for catalog: some without a price, of which each round meets another one, and after them one with a price.
    static let rows =
        StackSession.rows(allocations: Array(repeating: 10_000, count: priced))
            + """
            INSERT INTO tariffs (session_id, position, name, amount, currency)
            VALUES (\(StackSession.id(priced).dropFirst(4)), 0, 'full', 1200, 'EUR');
            """

    private static let priced = 301

    /// No two rounds have the same.
    let number: Int
    let token: String
    /// Paths of bookings.
    let open, reserved, unwanted, sold, unpaid, paid: String
    /// Of what is sold.
    let toScan, scannedOffline, toReissue, toDraw: Ticket

    /// One that booking has never heard of.
    var unmetSession: Int { number + 1 }

    init(_ stack: Stack, number: Int) async throws {
        let desk = Desk(stack: stack, token: stack.token(user: 100_000_000_000_001, role: .staff))
        self.number = number
        token = desk.token
        open = try await desk.open()
        reserved = try await desk.reserved(1)
        unwanted = try await desk.open()
        sold = try await desk.reserved(4)
        try await desk.post("\(sold)/confirm")
        unpaid = try await desk.reserved(1, inSession: Self.priced)
        paid = try await desk.reserved(1, inSession: Self.priced)
        try await desk.post("\(paid)/confirm", Self.payment)
        let tickets = try await desk.tickets(of: sold)
        guard tickets.count == 4 else { throw Stack.Failure(reason: "\(tickets.count) tickets of four") }
        (toScan, scannedOffline, toReissue, toDraw) = (tickets[0], tickets[1], tickets[2], tickets[3])
        _ = try await stack["booking"].sql("UPDATE sessions SET named_at = 0, detailed_at = 0")
    }

    private struct Desk {
        let stack: Stack
        let token: String

        @discardableResult
        func post(_ target: String, _ body: String? = nil) async throws -> Answer {
            let answer = try await stack.post(target, body, token: token)
            guard answer.status < 300 else {
                throw Stack.Failure(reason: "\(target): \(answer.status) \(answer.codes)")
            }
            return answer
        }

        func open(inSession number: Int = 1) async throws -> String {
            let answer = try await post("/v1/sessions/\(StackSession.id(number))/book")
            return "/v1/bookings/\(answer.json["booking"]?["id"]?.stringValue ?? "none")"
        }

        func reserved(_ seats: Int, inSession number: Int = 1) async throws -> String {
            let booking = try await open(inSession: number)
            try await post("\(booking)/reserve", #"{"seats":\#(seats)}"#)
            return booking
        }

        func tickets(of booking: String) async throws -> [Ticket] {
            let tickets = try await stack.get("\(booking)/tickets", token: token).json["tickets"]?.arrayValue ?? []
            return tickets.map { Ticket(id: $0["id"]?.stringValue ?? "", code: $0["token"]?.stringValue ?? "") }
        }
    }
}
