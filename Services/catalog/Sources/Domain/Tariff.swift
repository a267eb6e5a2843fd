/// One of the prices that the seats of a session are sold at.
package struct Tariff: Equatable, Sendable {
    /// In one list, which has one currency and no name twice, whatever the case of its letters. The first is what a
    /// seat costs unless the customer says otherwise.
    package static let most = 20
    /// What a session's only tariff is called that was made with a price and no tariffs.
    package static let plain = "full"

    package let name: String
    package let price: Session.Price
    /// What is shown to the customer: who may have it.
    package let condition: String

    package init(name: String, price: Session.Price, condition: String = "") {
        self.name = name
        self.price = price
        self.condition = condition
    }

    /// A name that an earlier one of the list has too.
    package static func repeated(in tariffs: [Tariff]) -> String? {
        var seen: Set<String> = []
        return tariffs.map(\.name).first { !seen.insert($0.lowercased()).inserted }
    }

    /// What a new session's seats cost: what it says itself, or its price, or what its room, or else its place has.
    /// - Throws: `priceIsNotOfTariffs` where it says both, and they are not the same.
    package static func ofNewSession(
        tariffs: [Tariff]?, price: Session.Price?, room: [Tariff], place: [Tariff]
    ) throws(CatalogRefusal) -> [Tariff] {
        if let tariffs, let price, tariffs.first?.price != price { throw .priceIsNotOfTariffs }
        return tariffs ?? price.map { [Tariff(name: plain, price: $0)] } ?? (room.isEmpty ? place : room)
    }
}
