import BookingService
import TestSupport
import Testing
import Time
import TypedID

@Suite("What people read on a ticket") struct SheetTests {
    @Test(
        "is the place's own time, on the nights of the clock change too",
        arguments: [
            (
                "2026-11-20T19:30:00Z", "Europe/Paris", "vendredi 20 novembre 2026 à 20 h 30",
                "Friday 20 November 2026 at 20:30"
            ),
            // 29 March 2026: at 02:00 it is 03:00.
            ("2026-03-29T00:59:00Z", "Europe/Paris", "dimanche 29 mars 2026 à 1 h 59", "Sunday 29 March 2026 at 01:59"),
            ("2026-03-29T01:00:00Z", "Europe/Paris", "dimanche 29 mars 2026 à 3 h 00", "Sunday 29 March 2026 at 03:00"),
            // 25 October 2026: at 03:00 it is 02:00 again.
            (
                "2026-10-25T00:30:00Z", "Europe/Paris", "dimanche 25 octobre 2026 à 2 h 30 (UTC+2)",
                "Sunday 25 October 2026 at 02:30 (UTC+2)"
            ),
            (
                "2026-10-25T01:30:00Z", "Europe/Paris", "dimanche 25 octobre 2026 à 2 h 30 (UTC+1)",
                "Sunday 25 October 2026 at 02:30 (UTC+1)"
            ),
            (
                "2026-10-25T02:00:00Z", "Europe/Paris", "dimanche 25 octobre 2026 à 3 h 00",
                "Sunday 25 October 2026 at 03:00"
            ),
            (
                "2026-11-01T05:30:00Z", "America/Montreal", "dimanche 1er novembre 2026 à 1 h 30 (UTC-4)",
                "Sunday 1 November 2026 at 01:30 (UTC-4)"
            ),
            (
                "2026-11-01T04:00:00Z", "America/St_Johns", "dimanche 1er novembre 2026 à 1 h 30 (UTC-2:30)",
                "Sunday 1 November 2026 at 01:30 (UTC-2:30)"
            ),
            (
                "1969-12-31T23:00:00Z", "Europe/Paris", "jeudi 1er janvier 1970 à 0 h 00",
                "Thursday 1 January 1970 at 00:00"
            ),
            (
                "2026-11-20T19:30:00Z", "Nowhere/Land", "vendredi 20 novembre 2026 à 19 h 30 (UTC)",
                "Friday 20 November 2026 at 19:30 (UTC)"
            ),
        ])
    func times(moment: String, zone: String, french: String, english: String) throws {
        let moment = try #require(Timestamp(rfc3339: moment))
        #expect(moment.spelled(in: zone, .french).replacing("\u{A0}", with: " ") == french)
        #expect(moment.spelled(in: zone, .english) == english)
    }

    @Test(
        "is in the language that somebody likes best",
        arguments: [
            ("en", "en"), ("en-GB,en;q=0.9", "en"), ("fr-CA, en;q=0.8", "fr"), ("de, en;q=0.5, fr;q=0.4", "en"),
            ("fr;q=0.1, en;q=0.2", "en"), ("EN", "en"), ("de, *;q=0.5", "fr"), ("en;q=0, fr;q=0.001", "fr"),
            ("de", nil), ("", nil), ("en;q=0", nil), ("en;q=high", nil), (",,;q=1", nil), ("english", nil),
        ] as [(String, String?)])
    func languages(header: String, language: String?) {
        #expect(Language(accepting: header)?.rawValue == language)
    }

    @Test(
        "are amounts as they are written",
        arguments: [
            (1250, "EUR", "12,50 €", "€12.50"), (5, "EUR", "0,05 €", "€0.05"), (0, "CHF", "0,00 CHF", "CHF 0.00"),
            (1800, "JPY", "1800 ¥", "¥1800"), (1, "KWD", "0,001 KWD", "KWD 0.001"),
            (1800, "ISK", "1800 ISK", "ISK 1800"),
            (Int64.max, "EUR", "92233720368547758,07 €", "€92233720368547758.07"),
        ] as [(Int64, String, String, String)])
    func amounts(amount: Int64, currency: String, french: String, english: String) {
        let price = TicketPrice(tariff: "full", amount: amount, currency: currency)
        #expect(price.spelled(.french).replacing("\u{A0}", with: " ") == french)
        #expect(price.spelled(.english).replacing("\u{A0}", with: " ") == english)
    }

    private func sheet(_ language: Language, seat: String?, amount: Int64?) -> TicketSheet {
        var sheet = TicketSheet(
            language, film: "Nosferatu", time: "today", place: "Le Rex", status: .valid, code: "x",
            ticketID: TicketID(rawValue: 7), bookingID: BookingID(rawValue: 9))
        sheet.address = "1 rue du Test, Paris"
        sheet.room = "2"
        sheet.seat = seat
        sheet.price = amount.map { TicketPrice(tariff: "Plein", amount: $0, currency: "EUR") }
        return sheet
    }

    @Test("is in the mail: what, when, where, which seats, and what is still to be paid")
    func words() throws {
        let french = try #require(
            TicketMail(
                [sheet(.french, seat: "C 12", amount: 1250), sheet(.french, seat: nil, amount: 800)], isAttached: true))
        #expect(french.subject == "Vos billets : Nosferatu" && french.fileName == "billets-bkg_9.pdf")
        #expect(
            french.text.replacing("\u{A0}", with: " ") == """
                Bonjour,

                Votre réservation est confirmée : 2 billets.

                Nosferatu
                today
                Le Rex, 1 rue du Test, Paris
                Salle 2

                - Place C 12, Plein, 12,50 €
                - Placement libre, Plein, 8,00 €

                À régler au guichet : 20,50 €

                Les billets sont joints. Présentez à l'entrée le code de chacun, imprimé ou sur votre téléphone.

                Réservation bkg_9

                """)
        var paid = sheet(.english, seat: "C 12", amount: 1250)
        paid.isDue = false
        let english = try #require(TicketMail([paid], isAttached: false))
        #expect(english.subject == "Your ticket: Nosferatu" && english.fileName == "tickets-bkg_9.pdf")
        #expect(english.text.contains("Screen 2\n\n- Seat C 12, Plein, €12.50\n\nYour tickets are in your account."))
        #expect(TicketMail([], isAttached: true) == nil)
    }

    @Test("is never more than people read, nor a sum that cannot be")
    func many() throws {
        let sheets = Array(repeating: sheet(.english, seat: nil, amount: Int64.max), count: 60)
        let mail = try #require(TicketMail(sheets, isAttached: true))
        #expect(mail.text.contains("\n- and 10 more\n") && !mail.text.contains("till:"))
    }
}
