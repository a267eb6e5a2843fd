import Auth
import BookingService
import JSON
import Lifecycle
import SQLite
import Telemetry
import TestSupport
import Testing
import Threads

@Suite("Printed tickets") struct PrintTests {
    private func pages(_ answer: Answer) async throws -> [String] {
        let path = temporaryPath("tickets.pdf")
        try writeFile(path, answer.body)
        let text = try await output(of: "/usr/bin/pdftotext", ["-enc", "UTF-8", path, "-"])
        return text.split(separator: "\u{0C}").map(String.init)
    }

    private func pictures(_ answer: Answer) async throws -> [String] {
        let path = temporaryPath("tickets")
        try writeFile(path + ".pdf", answer.body)
        _ = try await output(of: "/usr/bin/pdftoppm", ["-r", "150", "-png", path + ".pdf", path])
        let directory = String(path.dropLast("tickets".count))
        return entries(of: directory).filter { $0.hasSuffix(".png") }.map { directory + $0 }
    }

    private func codeIDs(_ codes: [String]) -> [String] {
        codes.compactMap { try? SignedClaims($0, type: "ticket+jwt").claims["sub"]?.stringValue }
    }

    @Test("there is a page for each, with what its holder needs, in the place's time, and its own code")
    func document() async throws {
        // The second 01:30 of the night on which clocks are set back in Montréal.
        try await BoxOffice.run(
            seats: ["....", "...."], startsInMilliseconds: 3_600_000, at: "2026-11-01T05:30:00Z"
        ) { box async throws in
            let booking = try await box.sell(named: ["sea_1002", "sea_1"])
            let target = "/v1/bookings/\(booking)/tickets.pdf"
            let answer = try await box.service.get(target, token: box.service.token())
            #expect(answer.status == 200 && answer.header("content-type") == "application/pdf")
            #expect(answer.header("cache-control") == "private, no-store" && answer.header("content-language") == "fr")
            #expect(answer.header("content-disposition") == "inline; filename=\"billets-\(booking).pdf\"")
            let pages = try await pages(answer)
            #expect(pages.count == 2)
            let ids = try await box.tickets(of: booking).json["tickets"]?.arrayValue?.compactMap {
                $0["id"]?.stringValue
            }
            for (page, seat, id) in zip(zip(pages, ["A 1", "B 2"]), ids ?? []).map({ ($0.0, $0.1, $1) }) {
                for text in [
                    "BILLET", "Nosferatu", "dimanche 1er novembre 2026 à 1 h 30 (UTC-5)", "Le Rex",
                    "1 rue Sainte-Catherine, Montréal", "Salle 1", "Place \(seat)", id, booking,
                ] { #expect(page.contains(text), "\(text) in \(page)") }
            }
            var read: [String] = []
            for picture in try await pictures(answer) { read += try await barcodes(in: picture) }
            #expect(codeIDs(read) == ids)
            #expect(try await box.checkIn(read.first ?? "").status == 201)

            let english = try await box.service.send(
                "GET", target, token: box.service.token(), headers: [("Accept-Language", "en-GB, fr;q=0.5")])
            let words = try await self.pages(english)
            #expect(words.first?.contains("Sunday 1 November 2026 at 01:30 (UTC-5)") == true)
            #expect(words.first?.contains("Already used") == true && words.last?.contains("Seat B 2") == true)
            let asked = try await box.service.send(
                "GET", target + "?language=fr", token: box.service.token(), headers: [("Accept-Language", "en")])
            #expect(asked.header("content-language") == "fr")
            let head = try await box.service.send("HEAD", target, token: box.service.token())
            #expect(head.status == 200 && head.body.isEmpty && head.header("content-type") == "application/pdf")
        }
    }

    @Test("a code alone is a drawing that other programs read")
    func drawing() async throws {
        try await BoxOffice.run { box async throws in
            let booking = try await box.sell(2)
            let ids = try await box.tickets(of: booking).json["tickets"]?.arrayValue?.compactMap {
                $0["id"]?.stringValue
            }
            let id = try #require(ids?.last)
            let target = "/v1/bookings/\(booking)/tickets/\(id).svg"
            let answer = try await box.service.get(target, token: box.service.token())
            #expect(answer.status == 200 && answer.header("content-type") == "image/svg+xml")
            #expect(answer.header("cache-control") == "private, no-store")
            let path = temporaryPath("code")
            try writeFile(path + ".svg", answer.body)
            _ = try await output(of: "/usr/bin/rsvg-convert", ["-w", "600", "-o", path + ".png", path + ".svg"])
            let read = try await barcodes(in: path + ".png")
            #expect(codeIDs(read) == [id])
            let head = try await box.service.send("HEAD", target, token: box.service.token())
            #expect(head.status == 200 && head.body.isEmpty)

            let token = box.service.token()
            for wrong in ["tkt_1.svg", "\(id).png", ".svg", "x.svg"] {
                let answer = try await box.service.get("/v1/bookings/\(booking)/tickets/\(wrong)", token: token)
                #expect(answer.status == 404, "\(wrong)")
            }
            _ = try await box.checkIn(read.first ?? "")
            #expect(try await box.service.get(target, token: token).codes == ["ticket_used"])
            let first = "/v1/bookings/\(booking)/tickets/\(ids?.first ?? "").svg"
            #expect(try await box.service.get(first, token: token).status == 200)
            #expect(try await box.refund(booking).status == 200)
            #expect(try await box.service.get(first, token: token).codes == ["ticket_refunded"])
        }
    }

    @Test("they are their owner's and staff's, once the booking is confirmed; refunded ones say so and hold no code")
    func refusals() async throws {
        try await BoxOffice.run { box async throws in
            let booking = try await box.open()
            _ = try await box.reserve(booking, 1)
            let target = "/v1/bookings/\(booking)/tickets.pdf"
            let (owner, other) = (box.service.token(), box.service.token("usr_2"))
            #expect(try await box.service.get(target, token: owner).codes == ["booking_not_confirmed"])
            _ = try await box.confirm(booking)
            let id = try await box.tickets(of: booking).json["tickets"]?.arrayValue?.first?["id"]?.stringValue ?? ""
            for target in [target, "/v1/bookings/\(booking)/tickets/\(id).svg"] {
                #expect(try await box.service.get(target).status == 401)
                #expect(try await box.service.get(target, token: other).codes == ["booking_not_found"])
                #expect(try await box.service.get(target, token: box.service.token("usr_8", .staff)).status == 200)
            }
            let odd = try await box.service.get(target + "?language=de", token: owner)
            #expect(odd.status == 422 && odd.codes == ["language_invalid"])
            _ = try await box.refund(booking)
            let refunded = try await box.service.get(target + "?language=en", token: owner)
            #expect(try await pages(refunded).first?.contains("Refunded") == true)
            for picture in try await pictures(refunded) {
                await #expect(throws: RawHTTP.Failure.self) { try await barcodes(in: picture) }
            }
        }
    }

    @Test("a booking of 500 seats is one document; more are refused before anything is drawn")
    func large() async throws {
        let settings = ["MAX_SEATS_PER_BOOKING": "501", "MAILS_PER_SECOND": "0"]
        try await BoxOffice.run(allocation: 2_000, settings: settings) { box async throws in
            let token = box.service.token()
            let whole = try await box.service.get("/v1/bookings/\(box.sell(500))/tickets.pdf", token: token)
            #expect(whole.status == 200)
            #expect(try await pages(whole).count == 500)
            // As a mail takes it.
            #expect(whole.body.count * 4 / 3 < 9 << 20, "\(whole.body.count) bytes")
            let larger = try await box.sell(501, to: "usr_2")
            let more = try await box.service.get(
                "/v1/bookings/\(larger)/tickets.pdf", token: box.service.token("usr_2"))
            #expect(more.status == 409 && more.codes == ["too_many_tickets"])
        }
    }

    @Test("where too many documents wait the next is refused at once, and everything else goes on")
    func flood() async throws {
        try await BoxOffice.run(settings: ["MAILS_PER_SECOND": "0"]) { box async throws in
            let booking = try await box.sell()
            let id = try await box.tickets(of: booking).json["tickets"]?.arrayValue?.first?["id"]?.stringValue ?? ""
            let targets = ["/v1/bookings/\(booking)/tickets.pdf", "/v1/bookings/\(booking)/tickets/\(id).svg"]
            let token = box.service.token()
            let thread = box.service.running.service.printer.thread
            let gate = ThreadGate()
            defer { gate.open() }
            let held = Task { try await thread.run { gate.pass() } }
            await gate.reached()
            let waiting = (0..<TicketPrinter.mostWaiting).map { _ in Task { try await thread.run {} } }
            let depth = box.service.running.context.metrics.gauge("ticket_rendering_queue_depth", "")
            await eventually { depth.value == Int64(TicketPrinter.mostWaiting) }
            for target in targets {
                let refused = try await box.service.get(target, token: token)
                #expect(refused.status == 503 && refused.codes == ["service_unavailable"])
                #expect(refused.header("retry-after") == "1")
            }
            #expect(try await box.tickets(of: booking).status == 200)
            gate.open()
            for task in [held] + waiting { try await task.value }
            for target in targets { #expect(try await box.service.get(target, token: token).status == 200) }
        }
    }

    private func due(_ box: BoxOffice, _ booking: String) async throws -> [JSONValue?] {
        (try await box.tickets(of: booking).json["tickets"]?.arrayValue ?? []).map { $0["due"] }
    }

    @Test("the tariff is on it, and what is to be paid at the till")
    func priced() async throws {
        let tariffs = """
            [{"name":"Plein tarif","price":{"amount":1250,"currency":"EUR"},"condition":""},
            {"name":"Gratuit","price":{"amount":0,"currency":"EUR"},"condition":""}]
            """
        try await BoxOffice.run(tariffs: tariffs, settings: ["MAILS_PER_SECOND": "0"]) { box async throws in
            let booking = try await box.open()
            let token = box.service.token()
            let wish = #"{"tariffs":[{"name":"Plein tarif","seats":1},{"name":"Gratuit","seats":1}]}"#
            #expect(try await box.service.post("/v1/bookings/\(booking)/reserve", wish, token: token).status == 200)
            _ = try await box.confirm(booking)
            let pages = try await pages(box.service.get("/v1/bookings/\(booking)/tickets.pdf", token: token))
            #expect(pages.count == 2)
            #expect(pages.first?.contains("Plein tarif, 12,50 €") == true)
            #expect(pages.first?.contains("À régler au guichet") == true)
            #expect(pages.last?.contains("Gratuit, 0,00 €") == true)
            #expect(pages.last?.contains("guichet") == false)
            let due: JSONValue = ["amount": 1_250, "currency": "EUR"]
            #expect(try await self.due(box, booking) == [due, .null])
            let id = try await box.tickets(of: booking).json["tickets"]?.arrayValue?.first?["id"]?.stringValue ?? ""
            let reissued = try await box.service.post("/v1/bookings/\(booking)/tickets/\(id)/reissue", token: token)
            #expect(reissued.json["ticket"]?["due"] == due)
            // What was given back is owed by nobody.
            _ = try await box.refund(booking)
            #expect(try await self.due(box, booking) == [.null, .null])
            let void = try await self.pages(box.service.get("/v1/bookings/\(booking)/tickets.pdf", token: token))
            #expect(void.first?.contains("Remboursé") == true && void.first?.contains("guichet") == false)
        }
    }
}
