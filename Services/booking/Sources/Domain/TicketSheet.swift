import Time

/// What stands on a ticket for the person who has it, in words.
package struct TicketSheet: Equatable, Sendable {
    package var language: Language
    package var film: String
    /// In the place's own time.
    package var time: String
    package var place: String
    /// Empty until catalog has told it, as is the room.
    package var address = ""
    package var room = ""
    /// `C 12`; nil where seats are only counted.
    package var seat: String?
    /// Nil where the session has no prices.
    package var price: TicketPrice?
    /// Whether the price is still to be paid at the till.
    package var isDue = true
    package var status: Ticket.Status
    /// What the door reads; nil for a ticket that lets nobody in any more.
    package var code: String?
    package var ticketID: TicketID
    package var bookingID: BookingID

    package init(
        _ language: Language, film: String, time: String, place: String, status: Ticket.Status, code: String?,
        ticketID: TicketID, bookingID: BookingID
    ) {
        self.language = language
        self.film = film
        self.time = time
        self.place = place
        self.status = status
        self.code = code
        self.ticketID = ticketID
        self.bookingID = bookingID
    }

    package func said(_ french: String, _ english: String) -> String { language == .french ? french : english }

    package var seatText: String {
        seat.map { said("Place \($0)", "Seat \($0)") } ?? said("Placement libre", "Any seat")
    }

    /// `Salle 2` for a room that is called `2`; nothing where it is called as the place.
    package var roomText: String {
        if room == place { return "" }
        return (1...2).contains(room.count) ? said("Salle \(room)", "Screen \(room)") : room
    }

    /// Empty without a price.
    package var priceText: String {
        guard let price else { return "" }
        return "\(price.tariff), \(price.spelled(language))"
    }

    package var dueText: String {
        guard let price, isDue, price.amount > 0 else { return "" }
        return said("À régler au guichet", "To be paid at the till")
    }

    /// What stands in the place of a code that is no good.
    package var voidText: String {
        switch status {
        case .refunded: said("Remboursé", "Refunded")
        case .used: said("Déjà utilisé", "Already used")
        case .valid: ""
        }
    }
}
