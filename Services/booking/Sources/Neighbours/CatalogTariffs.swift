import JSON

extension [Tariff] {
    /// Prices as catalog tells them: none without a field, which is what a catalog that is a release behind says. Nil
    /// for a list that cannot be read whole, is too long, names one twice or has two currencies.
    init?(_ list: JSONValue?) {
        guard let list, list != .null else {
            self = []
            return
        }
        guard let values = list.arrayValue, values.count <= Tariff.most else { return nil }
        let tariffs = values.compactMap(Tariff.init(catalog:))
        guard tariffs.count == values.count, Set(tariffs.map(\.name)).count == tariffs.count,
            Set(tariffs.map(\.price.currency)).count <= 1
        else { return nil }
        self = tariffs
    }
}

extension Tariff {
    fileprivate init?(catalog tariff: JSONValue) {
        guard let name = tariff["name"]?.stringValue, !name.isEmpty,
            let amount = tariff["price"]?["amount"]?.integerValue, Tariff.amounts.contains(amount),
            let currency = tariff["price"]?["currency"]?.stringValue, Tariff.isCurrency(currency),
            let condition = tariff["condition"]?.stringValue
        else { return nil }
        self.init(price: TicketPrice(tariff: name, amount: amount, currency: currency), condition: condition)
    }
}
