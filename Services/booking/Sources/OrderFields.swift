import API
import JSON
import TypedID

extension Order {
    /// - Throws: 422 unless there is one of `seats` and `seat_ids`, or `tariffs` alone; where a seat or a tariff is named
    ///   twice; and where the tariffs come to another number of seats than stands beside them.
    init(_ body: JSONValue) throws(APIError) {
        var fields = Fields(body)
        let shares = fields.shares("tariffs")
        let wish = fields.seatWish(countedBy: shares)
        if let wish, let shares, shares.seats != wish.count {
            fields.refuse("tariffs_invalid", "The tariffs add up to \(shares.seats), not to \(wish.count).")
        }
        guard let wish, fields.faults.isEmpty else { throw fields.refusal }
        self.init(seats: wish, shares: shares ?? [])
    }
}

extension [Order.Share] {
    /// No sum of so few is too large for a number.
    fileprivate var seats: Int64 { reduce(0) { $0 + $1.seats } }
}

extension Fields {
    private static let mostSeats = 1_000
    /// A count that no room has is no fault of form: there are not that many seats left. Beyond 2^53 - 1 no JSON number
    /// is sure to be what was meant (RFC 8259, section 6).
    private static let mostCounted: Int64 = 9_007_199_254_740_991

    fileprivate mutating func seatWish(countedBy shares: [Order.Share]?) -> SeatWish? {
        if let value = value("seat_ids"), value != .null {
            let ids = list("seat_ids", 1...Self.mostSeats, of: "IDs that begin with sea_") {
                $0.stringValue.flatMap(SeatID.init)
            }
            if let other = self.value("seats"), other != .null {
                refuse("seats_invalid", "Give seats or seat_ids, not both.")
            } else if let ids, Set(ids).count < ids.count {
                refuse("seat_ids_invalid", "The seat_ids name a seat twice.")
            }
            return ids.map(SeatWish.seats)
        }
        let areShared = (value("tariffs") ?? .null) != .null
        return (counted(required: !areShared) ?? shares?.seats).map(SeatWish.count)
    }

    /// The bound above is told to whoever is above it, and to nobody else.
    fileprivate mutating func counted(required: Bool = true) -> Int64? {
        let isMany = (value("seats")?.doubleValue ?? 0) > 1
        return integer("seats", isMany ? 1...Self.mostCounted : 1 ... .max, required: required)
    }

    /// Nil where there are none, or they are at fault.
    fileprivate mutating func shares(_ name: String) -> [Order.Share]? {
        let shares = objects(name, 1...Tariff.most, required: false) { share -> Order.Share? in
            let tariff = share.text("name", 1...50, trim: true)
            let seats = share.counted()
            guard let tariff, let seats else { return nil }
            return Order.Share(tariff: tariff, seats: seats)
        }
        guard let shares, Set(shares.map(\.tariff)).count < shares.count else { return shares }
        refuse("tariffs_invalid", "The tariffs name one twice.")
        return nil
    }
}
