/// The words of the mail that says a booking is confirmed.
package struct TicketMail: Equatable, Sendable {
    package let subject: String
    package let text: String
    package let fileName: String

    /// - Parameters:
    ///   - sheets: those of the tickets that are good; of one session, one language and one booking.
    ///   - isAttached: whether the sheets go with the mail.
    /// - Returns: nil without any.
    package init?(_ sheets: [TicketSheet], isAttached: Bool) {
        guard let first = sheets.first else { return nil }
        let many = sheets.count > 1
        subject = first.said(
            many ? "Vos billets : \(first.film)" : "Votre billet : \(first.film)",
            many ? "Your tickets: \(first.film)" : "Your ticket: \(first.film)")
        fileName = "\(first.said("billets", "tickets"))-\(first.bookingID).pdf"
        let place = [first.place, first.address].filter { !$0.isEmpty }.joined(separator: ", ")
        let about = [first.film, first.time, place, first.roomText].filter { !$0.isEmpty }
        let lines = sheets.prefix(Self.mostLines).map { sheet in
            "- " + [sheet.seatText, sheet.priceText].filter { !$0.isEmpty }.joined(separator: ", ")
        }
        let paragraphs = [
            first.said("Bonjour,", "Hello,"), Self.opening(first, sheets.count), about.joined(separator: "\n"),
            (lines + Self.rest(first, sheets.count)).joined(separator: "\n"), Self.due(sheets),
            Self.closing(first, many, isAttached),
            first.said("Réservation \(first.bookingID)", "Booking \(first.bookingID)"),
        ]
        text = paragraphs.filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
    }

    private static let mostLines = 50

    private static func opening(_ sheet: TicketSheet, _ count: Int) -> String {
        sheet.said(
            "Votre réservation est confirmée : \(count == 1 ? "1 billet" : "\(count) billets").",
            "Your booking is confirmed: \(count == 1 ? "1 ticket" : "\(count) tickets").")
    }

    private static func rest(_ sheet: TicketSheet, _ count: Int) -> [String] {
        let more = count - mostLines
        return more > 0 ? [sheet.said("- et \(more) de plus", "- and \(more) more")] : []
    }

    /// Empty where nothing is to be paid, or more than can be added up.
    private static func due(_ sheets: [TicketSheet]) -> String {
        let prices = sheets.filter { !$0.dueText.isEmpty }.compactMap(\.price)
        guard let first = prices.first, let sheet = sheets.first, prices.allSatisfy({ $0.currency == first.currency })
        else { return "" }
        var total: Int64 = 0
        for price in prices {
            let (sum, isOver) = total.addingReportingOverflow(price.amount)
            guard !isOver else { return "" }
            total = sum
        }
        let amount = spelledAmount(total, first.currency, sheet.language)
        return sheet.said("À régler au guichet : \(amount)", "To be paid at the till: \(amount)")
    }

    private static func closing(_ sheet: TicketSheet, _ many: Bool, _ isAttached: Bool) -> String {
        switch (many, isAttached) {
        case (false, true):
            sheet.said(
                "Le billet est joint. Présentez son code à l'entrée, imprimé ou sur votre téléphone.",
                "The ticket is attached. Show its code at the door, printed or on your phone.")
        case (true, true):
            sheet.said(
                "Les billets sont joints. Présentez à l'entrée le code de chacun, imprimé ou sur votre téléphone.",
                "The tickets are attached. Show the code of each at the door, printed or on your phone.")
        case (_, false):
            sheet.said(
                "Vos billets vous attendent dans votre compte. Présentez à l'entrée le code de chacun.",
                "Your tickets are in your account. Show the code of each at the door.")
        }
    }
}
