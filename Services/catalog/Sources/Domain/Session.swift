import Time

/// When a movie is shown in a room.
package struct Session: Sendable {
    package struct Price: Equatable, Sendable {
        /// In the currency's smallest unit.
        package let amount: Int64
        /// ISO 4217.
        package let currency: String

        package init(amount: Int64, currency: String) {
            self.amount = amount
            self.currency = currency
        }

        package static let amounts: ClosedRange<Int64> = 0...1_000_000_000
    }

    package let id: SessionID
    package let startsAt: Timestamp
    /// Tickets on sale.
    package let allocation: Int64
    package let movie: (id: MovieID, title: String)
    package let place: (id: PlaceID, name: String)
    package let room: (id: RoomID, name: String)
    /// That was said of it before there were tariffs; those that it has come first.
    package let ownPrice: Price?
    /// As booking said last; the allocation while it has never spoken of the session.
    package let seatsLeft: Int64
    /// When that was.
    package let seatsLeftAsOf: Timestamp?
    /// What its seats cost; none where they have no price.
    package var tariffs: [Tariff] = []

    /// What is shown for its price: that of a seat, unless the customer says otherwise.
    package var price: Price? { tariffs.first?.price ?? ownPrice }

    /// The price, where it says all that the tariffs say.
    package var onlyPrice: Price? {
        tariffs.isEmpty || tariffs == price.map { [Tariff(name: Tariff.plain, price: $0)] } ? price : nil
    }

    /// Whether it is still to come, with seats left.
    package func isBookable(at now: Timestamp) -> Bool { startsAt > now && seatsLeft > 0 }
}
