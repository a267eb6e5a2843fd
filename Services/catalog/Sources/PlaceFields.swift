import API
import SQLite
import TimeZone

/// The fields of a place, in a body that makes one and in a body that changes one.
enum PlaceFields {
    static func name(_ fields: inout Fields, _ name: String) -> String? { fields.text(name, 1...200, trim: true) }

    static func address(_ fields: inout Fields, _ name: String) -> String? { fields.text(name, 1...500, trim: true) }

    /// A name of the IANA database as the system has it.
    static func timeZone(_ fields: inout Fields, _ name: String) -> String? {
        guard let text = fields.text(name, 1...64) else { return nil }
        if TimeZone.named(text) != nil { return text }
        fields.refuse("\(name)_unknown", "The \(name) must be a name of the IANA database, such as Europe/Paris.")
        return nil
    }

    /// How many people a room holds.
    static func capacity(_ fields: inout Fields, required: Bool) -> Int64? {
        fields.integer("capacity", Room.capacities, required: required)
    }

    /// A plan: no seat twice.
    static func seats(_ fields: inout Fields) -> [PlannedSeat]? {
        let seats = fields.objects("seats", 1...Int(Room.capacities.upperBound), required: false) { seat in
            let row = seat.text("row", 1...10, trim: true)
            let number = seat.integer("number", 1...100_000)
            let kind = seat.choice("kind", of: PlannedSeat.Kind.self, required: false) ?? .standard
            let (x, y) = (seat.number("x", -1_000_000...1_000_000), seat.number("y", -1_000_000...1_000_000))
            guard let row, let number, let x, let y else { return PlannedSeat?.none }
            return PlannedSeat(row: row, number: number, kind: kind, x: x, y: y)
        }
        guard let seats else { return nil }
        guard let repeated = PlannedSeat.repeated(in: seats).first else { return seats }
        fields.refuse("seats_repeated", "The seat \(repeated.row) \(repeated.number) is named twice.")
        return nil
    }
}
