import API
import JSON
import SQLite
import TypedID

extension Connection {
    /// What the seats of a session cost now; empty where it has no prices.
    func tariffs(of session: SessionID) throws -> [Tariff] {
        try rows(
            """
            SELECT name, amount, currency, condition FROM session_tariffs
            WHERE session_id = \(session) ORDER BY position
            """
        ) { row in
            Tariff(
                price: TicketPrice(tariff: try row.text(0), amount: try row.int(1), currency: try row.text(2)),
                condition: try row.text(3))
        }
    }

    /// What a booking's seats cost, or cost last; nil where they have no price.
    func bill(of booking: BookingID) throws -> Bill? { try bills(of: [booking])[booking] }

    func bills(of bookings: [BookingID]) throws -> [BookingID: Bill] {
        guard !bookings.isEmpty else { return [:] }
        let lines = try rows(
            """
            SELECT booking_id, tariff, amount, currency, seats FROM booking_lines
            WHERE booking_id IN (\(list: bookings)) ORDER BY booking_id, position
            """
        ) { row in
            let price = TicketPrice(tariff: try row.text(1), amount: try row.int(2), currency: try row.text(3))
            return (booking: try row.value(0, as: BookingID.self), line: try Line(price: price, seats: try row.int(4)))
        }
        return try Dictionary(grouping: lines, by: \.booking).compactMapValues { try Bill($0.map(\.line)) }
    }
}

extension Transaction {
    /// From now on the seats of a session cost this; what bookings have stays at its price.
    func setTariffs(_ tariffs: [Tariff], of session: SessionID) throws {
        try execute("DELETE FROM session_tariffs WHERE session_id = \(session)")
        for (position, tariff) in tariffs.enumerated() {
            try execute(
                """
                INSERT INTO session_tariffs (session_id, position, name, amount, currency, condition)
                VALUES (\(session), \(Int64(position)), \(tariff.name), \(tariff.price.amount),
                        \(tariff.price.currency), \(tariff.condition))
                """)
        }
    }

    /// Replaces what a booking's seats cost.
    func setBill(_ bill: Bill?, of booking: BookingID) throws {
        try execute("DELETE FROM booking_lines WHERE booking_id = \(booking)")
        for (position, line) in (bill?.lines ?? []).enumerated() {
            try execute(
                """
                INSERT INTO booking_lines (booking_id, position, tariff, amount, currency, seats)
                VALUES (\(booking), \(Int64(position)), \(line.price.tariff), \(line.price.amount),
                        \(line.price.currency), \(line.seats))
                """)
        }
    }
}

extension Bill {
    /// `lines: [{tariff, price: {amount, currency}, seats, amount}], total: {amount, currency}`.
    func write(to json: inout JSONWriter) {
        json.array("lines") { json in
            for line in lines {
                json.object { json in
                    json.field("tariff", line.price.tariff)
                    json.object("price") { json in
                        json.field("amount", line.price.amount)
                        json.field("currency", line.price.currency)
                    }
                    json.field("seats", line.seats)
                    json.field("amount", line.amount)
                }
            }
        }
        json.object("total") { json in
            json.field("amount", total.amount)
            json.field("currency", total.currency)
        }
    }
}
