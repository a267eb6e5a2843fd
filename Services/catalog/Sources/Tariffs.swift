import API
import JSON
import Money
import SQLite
import TypedID

/// What has a list of tariffs, and the column of `tariffs` that says so.
protocol TariffOwner: IDTag {
    static var tariffColumn: SQL { get }
}

extension PlaceTag: TariffOwner { static var tariffColumn: SQL { "place_id" } }
extension RoomTag: TariffOwner { static var tariffColumn: SQL { "room_id" } }
extension SessionTag: TariffOwner { static var tariffColumn: SQL { "session_id" } }
extension SessionChangeTag: TariffOwner { static var tariffColumn: SQL { "change_id" } }

extension Connection {
    func tariffs<Owner: TariffOwner>(of owner: TypedID<Owner>) throws -> [Tariff] {
        try tariffs(of: [owner])[owner] ?? []
    }

    /// The lists of those that have any.
    func tariffs<Owner: TariffOwner>(of owners: [TypedID<Owner>]) throws -> [TypedID<Owner>: [Tariff]] {
        guard !owners.isEmpty else { return [:] }
        let column = Owner.tariffColumn
        let tariffs = try rows(
            """
            SELECT \(sql: column), name, amount, currency, condition FROM tariffs
            WHERE \(sql: column) IN (\(list: owners)) ORDER BY \(sql: column), position
            """
        ) { row in
            let price = Session.Price(amount: try row.int(2), currency: try row.text(3))
            return (
                owner: try row.value(0, as: TypedID<Owner>.self),
                tariff: Tariff(name: try row.text(1), price: price, condition: try row.text(4))
            )
        }
        return Dictionary(grouping: tariffs, by: \.owner).mapValues { $0.map(\.tariff) }
    }
}

extension Transaction {
    /// Replaces them whole.
    func setTariffs<Owner: TariffOwner>(_ tariffs: [Tariff], of owner: TypedID<Owner>) throws {
        let column = Owner.tariffColumn
        try execute("DELETE FROM tariffs WHERE \(sql: column) = \(owner)")
        for (position, tariff) in tariffs.enumerated() {
            try execute(
                """
                INSERT INTO tariffs (\(sql: column), position, name, amount, currency, condition)
                VALUES (\(owner), \(Int64(position)), \(tariff.name), \(tariff.price.amount),
                        \(tariff.price.currency), \(tariff.condition))
                """)
        }
    }
}

extension [Tariff] {
    /// `tariffs: [{name, price: {amount, currency}, condition}]`.
    func write(to json: inout JSONWriter) {
        json.array("tariffs") { json in
            for tariff in self {
                json.object { json in
                    json.field("name", tariff.name)
                    json.object("price") { json in
                        json.field("amount", tariff.price.amount)
                        json.field("currency", tariff.price.currency)
                    }
                    json.field("condition", tariff.condition)
                }
            }
        }
    }
}

extension Fields {
    /// A list of tariffs that will do; nil where there is none, or it is at fault.
    mutating func tariffs(_ name: String) -> [Tariff]? {
        let tariffs = objects(name, 0...Tariff.most, required: false) { tariff -> Tariff? in
            let name = tariff.text("name", 1...50, trim: true)
            let price = tariff.object("price") { Session.Price(&$0) }
            let condition = tariff.text("condition", 0...200, trim: true, required: false) ?? ""
            guard let name, let price else { return nil }
            return Tariff(name: name, price: price, condition: condition)
        }
        guard let tariffs else { return nil }
        if let repeated = Tariff.repeated(in: tariffs) {
            refuse("\(name)_invalid", "The tariff \(repeated) is named twice.")
        } else if Set(tariffs.map(\.price.currency)).count > 1 {
            refuse("\(name)_invalid", "The tariffs must have one currency.")
        } else {
            return tariffs
        }
        return nil
    }

    /// What a body that changes something says of its tariffs: null takes all of them away.
    mutating func changedTariffs() -> [Tariff]? {
        switch change("tariffs", clearable: true, { $0.tariffs($1) }) {
        case .keep: nil
        case .clear: []
        case .set(let tariffs): tariffs
        }
    }
}

extension Session.Price {
    init?(_ fields: inout Fields) {
        let amount = fields.integer("amount", Session.Price.amounts)
        let currency = fields.text("currency", 3...3)
        guard let amount, let currency else { return nil }
        guard Currency(currency) != nil else {
            fields.refuse("currency", "invalid", "must be a currency of ISO 4217, such as EUR")
            return nil
        }
        self.init(amount: amount, currency: currency)
    }
}
