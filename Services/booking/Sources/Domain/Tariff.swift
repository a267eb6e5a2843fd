/// One of the prices that the seats of a session are sold at.
package struct Tariff: Equatable, Sendable {
    /// Of a price, in the currency's smallest unit.
    package static let amounts: ClosedRange<Int64> = 0...1_000_000_000
    /// Of a session.
    package static let most = 20

    package let price: TicketPrice
    /// What is shown to the customer: who may have it.
    package let condition: String

    package var name: String { price.tariff }

    /// Whether it has the form of an ISO 4217 code: that there is such a currency is for catalog to know.
    package static func isCurrency(_ text: String) -> Bool {
        text.utf8.count == 3 && text.utf8.allSatisfy { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
    }

    package init(price: TicketPrice, condition: String = "") {
        self.price = price
        self.condition = condition
    }
}
