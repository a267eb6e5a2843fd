import JSON
import TestSupport

/// What the seats of the walk cost. Where they do, answers about bookings say so besides, and nothing else is different.
enum WalkPrices: String, CaseIterable, Sendable {
    case free, paidAtTheCounter

    private static let currency = "EUR"
    static let full: Int64 = 1250
    static let child: Int64 = 600

    var settings: [String: String] { self == .free ? [:] : ["PAYMENTS": "counter"] }

    /// Rows for catalog, besides those of the sessions.
    var rows: String {
        guard self != .free else { return "" }
        return """
            INSERT INTO tariffs (session_id, position, name, amount, currency, condition)
            SELECT id, column1, column2, column3, '\(Self.currency)', column4 FROM sessions,
                (VALUES (0, 'full', \(Self.full), ''), (1, 'child', \(Self.child), 'Under 14.'))
            WHERE place_id = 900000000000001;
            """
    }

    /// What a booking with seats says besides.
    private var bill: [String: Shape] {
        guard self != .free else { return [:] }
        let money = Shape.object(["amount": .integer, "currency": .text])
        return [
            "lines": .list(.object(["tariff": .text, "price": money, "seats": .integer, "amount": .integer])),
            "total": money,
        ]
    }

    /// An answer about one booking that has seats.
    func booking(_ more: [String: Shape]) -> Shape { .booking(more.merging(bill) { _, new in new }) }

    var listedBooking: Shape { .listedBooking(besides: bill) }

    /// The total of a booking whose seats have the first price.
    func total(of seats: Int64) -> JSONValue? {
        self == .free ? Optional.none : Self.total(seats * Self.full)
    }

    static func total(_ amount: Int64) -> JSONValue { ["amount": .integer(amount), "currency": .string(currency)] }
}
