import Time

/// What one person is let in with: one for each seat that a booking was sold.
package struct Ticket: Equatable, Sendable {
    package enum Status: String, CaseIterable, Sendable { case valid, used, refunded }

    package let id: TicketID
    package let bookingID: BookingID
    package let sessionID: SessionID
    /// Nil where seats are only counted.
    package let seat: TicketSeat?
    /// Nil where the session has no prices.
    package let price: TicketPrice?
    /// Which of its codes is good: 1, and one more each time it is issued anew.
    package private(set) var generation: Int64
    package let refundedAt: Timestamp?
    /// Nil until its holder is let in.
    package let admission: Admission?

    package init(
        id: TicketID, bookingID: BookingID, sessionID: SessionID, seat: TicketSeat? = nil, price: TicketPrice? = nil,
        generation: Int64 = 1, refundedAt: Timestamp? = nil, admission: Admission? = nil
    ) {
        self.id = id
        self.bookingID = bookingID
        self.sessionID = sessionID
        self.seat = seat
        self.price = price
        self.generation = generation
        self.refundedAt = refundedAt
        self.admission = admission
    }

    package var status: Status {
        if refundedAt != nil { return .refunded }
        return admission != nil ? .used : .valid
    }

    /// What its holder pays at the counter; nil where nothing is, and where nobody notes who has paid there.
    package func due(_ channel: PaymentChannel?) -> TicketPrice? {
        guard channel == .counter, refundedAt == nil, let price, price.amount > 0 else { return nil }
        return price
    }

    /// The ticket with a new code, the only one that is good from then on.
    package func reissuing() throws(BookingRefusal) -> Ticket {
        switch status {
        case .refunded: throw .ticketRefunded
        case .used: throw .ticketUsed
        case .valid:
            var reissued = self
            reissued.generation += 1
            return reissued
        }
    }
}

/// The seat that a ticket is for, as it is called in its room.
package struct TicketSeat: Equatable, Sendable {
    package let id: SeatID
    package let row: String
    package let number: Int64

    package init(id: SeatID, row: String, number: Int64) {
        self.id = id
        self.row = row
        self.number = number
    }

    /// As it is written on a ticket: `C 12`.
    package var label: String { "\(row) \(number)" }
}

/// What a ticket was sold at.
package struct TicketPrice: Equatable, Sendable {
    package let tariff: String
    /// In the currency's smallest unit.
    package let amount: Int64
    /// As ISO 4217 has it.
    package let currency: String

    package init(tariff: String, amount: Int64, currency: String) {
        self.tariff = tariff
        self.amount = amount
        self.currency = currency
    }
}
