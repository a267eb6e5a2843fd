/// What a customer asks for: seats, and at which tariffs.
package struct Order: Equatable, Sendable {
    /// So many seats at the tariff of that name.
    package struct Share: Equatable, Sendable {
        package let tariff: String
        package let seats: Int64

        package init(tariff: String, seats: Int64) {
            self.tariff = tariff
            self.seats = seats
        }
    }

    package let seats: SeatWish
    /// Empty where the customer does not say; otherwise they come to the count of `seats`.
    package let shares: [Share]

    package init(seats: SeatWish, shares: [Share] = []) {
        self.seats = seats
        self.shares = shares
    }

    /// Whether the session has the tariffs that are named.
    package func requireTariffs(among tariffs: [Tariff]) throws(BookingRefusal) {
        let unknown = shares.map(\.tariff).filter { name in !tariffs.contains { $0.name == name } }
        guard unknown.isEmpty else { throw .tariffsUnknown(unknown) }
    }

    /// The seats at their prices; all of them at the first tariff unless the customer says otherwise. Nil in a session
    /// without prices.
    /// - Throws: `tariffsUnknown`; `PriceOverflow` for more seats than any session has.
    package func bill(at tariffs: [Tariff]) throws -> Bill? {
        try requireTariffs(among: tariffs)
        guard !shares.isEmpty else {
            return try Bill(tariffs.prefix(1).map { try Line(price: $0.price, seats: seats.count) })
        }
        return try Bill(
            shares.compactMap { share in
                try tariffs.first { $0.name == share.tariff }.map { try Line(price: $0.price, seats: share.seats) }
            })
    }
}
