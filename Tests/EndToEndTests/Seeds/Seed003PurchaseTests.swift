import Auth
import JSON
import TestSupport
import Testing

/// Seed 003, seats online: the whole way, from the search to the door and back.
@Suite struct Seed003PurchaseTests {
    @Test("003: purchase a ticket online, get its confirmation and e-ticket by mail, and get in with it, once")
    func wholeWay() async throws {
        let (provider, mails) = (StripeServer(), try await MailServer())
        defer { provider.stop() }
        let settings = provider.settings.merging(
            ["MAIL_URL": mails.url, "MAIL_FROM": "Marquee <tickets@example.org>"]
        ) { $1 }
        try await Stack.run(settings: settings) { stack in
            let office = BoxOffice(
                stack: stack, admin: stack.token(user: 3, role: .admin),
                customer: stack.token(user: 100_000_000_000_001))
            let session = try await putOnSale(office)
            let seats = try await find(session, office)
            let booking = try await reserve(seats, in: session, office)
            try await pay(booking, provider, office)
            let codes = try await readMail(mails, of: booking, office)
            try await enter(session, with: codes[0], office)
            try await giveBack(booking, provider, office)
            try await checkIn(session, codes[1], office).expectRefusal(409, "ticket_refunded")
        }
    }

    /// A session in half an hour, whose doors are open.
    private func putOnSale(_ office: BoxOffice) async throws -> String {
        let room = try await office.seatedRoom(try await office.place())
        let start = BoxOffice.moment(minutes: 30)
        let movie = try await office.movie("Le Phare du bout")
        let euros = #""currency":"EUR""#
        return try await office.make(
            "/v1/sessions",
            #"""
            {"movie_id":"\#(movie)","room_id":"\#(room)","starts_at":"\#(start)","tariffs":[
                {"name":"full","price":{"amount":1250,\#(euros)}},
                {"name":"child","price":{"amount":700,\#(euros)},"condition":"Under 14."}]}
            """#)
    }

    private func find(_ session: String, _ office: BoxOffice) async throws -> [String] {
        let found = try await office.ids("/v1/movies?q=phare&city=cassis&bookable=true", of: "movies")
        let movie = try #require(found.first)
        #expect(try await office.ids("/v1/sessions?movie_id=\(movie)", of: "sessions") == [session])
        let shown = try await office.stack.get("/v1/sessions/\(session)").json["session"]
        #expect(shown?["tariffs"]?.arrayValue?.map { $0["name"] } == ["full", "child"])
        return try await office.seats(of: session).compactMap { $0["id"]?.stringValue }
    }

    private func reserve(_ seats: [String], in session: String, _ office: BoxOffice) async throws -> String {
        let booking = try await office.book(session)
        let wish = #"""
            {"seat_ids":["\#(seats[1])","\#(seats[2])"],
             "tariffs":[{"name":"full","seats":1},{"name":"child","seats":1}]}
            """#
        let reserved = try await office.stack.post("\(booking)/reserve", wish, token: office.customer)
        #expect(reserved.status == 200)
        #expect(reserved.json["booking"]?["total"] == ["amount": 1950, "currency": "EUR"])
        return booking
    }

    private func pay(_ booking: String, _ provider: StripeServer, _ office: BoxOffice) async throws {
        let confirm = "\(booking)/confirm"
        try await office.stack.post(confirm, token: office.customer).expectRefusal(402, "payment_required")
        try await office.stack.post(
            confirm, #"{"payment_method":"pm_card_chargeDeclined"}"#, token: office.customer
        ).expectRefusal(402, "payment_declined")
        let paid = try await office.stack.post(
            confirm, #"{"payment_method":"pm_card_visa","language":"fr"}"#, token: office.customer)
        try #require(paid.status == 200, "\(String(decoding: paid.body, as: UTF8.self))")
        try await office.eventually { provider.intents.map(\.charged).reduce(0, +) == 1950 }
    }

    /// What a mail program sees, and a program that reads the bar codes on the paper.
    private func readMail(_ mails: MailServer, of booking: String, _ office: BoxOffice) async throws -> [String] {
        await eventually { mails.messages.count == 1 }
        let message = try #require(mails.messages.first)
        let lines = try await parsed(message)
        #expect(lines.contains("to customer@marquee.example"))
        #expect(lines.contains { $0.hasPrefix("subject ") && $0.contains("Le Phare du bout") })
        let paper = message + ".pdf"
        let text = try await output(of: "/usr/bin/pdftotext", ["-layout", paper, "-"])
        for words in ["Le Phare du bout", "Le Petit Écran", "Salle rouge"] { #expect(text.contains(words), "\(words)") }
        // It is paid.
        #expect(!text.contains("guichet"))
        _ = try await output(of: "/usr/bin/pdftoppm", ["-r", "150", "-png", paper, paper])
        var codes: [String] = []
        for page in ["-1.png", "-2.png"] { codes += try await barcodes(in: paper + page) }
        let tickets = try await office.stack.get("\(booking)/tickets", token: office.customer).json["tickets"]
        #expect(codes == tickets?.arrayValue?.compactMap { $0["token"]?.stringValue })
        try #require(codes.count == 2)
        return codes
    }

    private func checkIn(_ session: String, _ code: String, _ office: BoxOffice) async throws -> Answer {
        try await office.stack.post(
            "/v1/check-ins", #"{"token":"\#(code)","session_id":"\#(session)","door":"Nord"}"#,
            token: office.stack.token(user: 2, role: .staff))
    }

    private func enter(_ session: String, with code: String, _ office: BoxOffice) async throws {
        let admitted = try await checkIn(session, code, office)
        #expect(admitted.status == 201)
        #expect(admitted.json["check_in"]?["session_id"]?.stringValue == session)
        let again = try await checkIn(session, code, office)
        try again.expectRefusal(409, "already_admitted")
        #expect(String(decoding: again.body, as: UTF8.self).contains("Nord"))
    }

    private func giveBack(_ booking: String, _ provider: StripeServer, _ office: BoxOffice) async throws {
        let refunded = try await office.asAdmin("POST", "\(booking)/refund", #"{"reason":"The child is ill."}"#)
        try #require(refunded.status == 200, "\(String(decoding: refunded.body, as: UTF8.self))")
        try await office.eventually { provider.intents.map(\.charged).reduce(0, +) == 0 }
    }
}
