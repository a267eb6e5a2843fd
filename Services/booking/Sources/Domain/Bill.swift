/// Prices whose sum no number can hold, or that are of two currencies. The limits on prices, seats and tariffs let
/// neither come; it is checked all the same.
package struct PriceOverflow: Error, Equatable {
    package init() {}
}

/// So many seats of a booking at one price.
package struct Line: Equatable, Sendable {
    package let price: TicketPrice
    package let seats: Int64
    /// What they cost together, in the currency's smallest unit.
    package let amount: Int64

    package init(price: TicketPrice, seats: Int64) throws(PriceOverflow) {
        let (amount, overflow) = price.amount.multipliedReportingOverflow(by: seats)
        if overflow { throw PriceOverflow() }
        self.price = price
        self.seats = seats
        self.amount = amount
    }
}

/// What a booking costs in all.
package struct Total: Equatable, Sendable {
    /// In the currency's smallest unit.
    package let amount: Int64
    /// As ISO 4217 has it.
    package let currency: String

    package init(amount: Int64, currency: String) {
        self.amount = amount
        self.currency = currency
    }
}

/// What the seats of a booking cost.
package struct Bill: Equatable, Sendable {
    /// One or more, in the customer's order, all in one currency.
    package let lines: [Line]
    package let total: Total

    /// Nil without lines: such a booking has no price, which is not a price of nothing.
    package init?(_ lines: [Line]) throws(PriceOverflow) {
        guard let currency = lines.first?.price.currency else { return nil }
        var sum: Int64 = 0
        for line in lines {
            let (next, overflow) = sum.addingReportingOverflow(line.amount)
            guard !overflow, line.price.currency == currency else { throw PriceOverflow() }
            sum = next
        }
        self.lines = lines
        total = Total(amount: sum, currency: currency)
    }

    /// What each of the seats was sold at, line after line.
    package var prices: [TicketPrice] {
        lines.flatMap { line in Array(repeating: line.price, count: Int(clamping: line.seats)) }
    }
}
