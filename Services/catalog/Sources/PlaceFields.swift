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

    /// Minutes between two movies in a room of the place.
    static func turnaround(_ fields: inout Fields, _ name: String) -> Int64? {
        fields.integer(name, Place.turnarounds, required: false)
    }

    /// A plan as a list of rows, from the screen to the back, each from left to right: no seat twice.
    static func rows(_ fields: inout Fields) -> [PlannedSeat]? {
        let most = Int(Room.capacities.upperBound)
        var (seats, y, isTooLong) = ([PlannedSeat](), 0.0, false)
        let rows = fields.objects("rows", 1...1_000, required: false) { row in
            let label = row.text("label", 1...10, trim: true)
            let text = row.text("seats", 1...1_000)
            let gap = row.integer("gap", 0...1_000, required: false) ?? 0
            guard let label, let text, !isTooLong else { return isTooLong ? true : Bool?.none }
            guard let parsed = SeatRow(label: label, text, most: most) else {
                row.refuse("rows_seats_invalid", "The seats of row \(label) must be numbers and gaps, as 1-4 _ 5w 6c.")
                return nil
            }
            y += Double(gap)
            seats += parsed.planned(y: y)
            y += 1
            isTooLong = seats.count > most
            return true
        }
        if isTooLong { fields.refuse("rows_too_long", "The rows have more than \(most) seats.") }
        guard rows != nil, !isTooLong else { return nil }
        return distinct(seats, &fields)
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
        return seats.flatMap { distinct($0, &fields) }
    }

    private static func distinct(_ seats: [PlannedSeat], _ fields: inout Fields) -> [PlannedSeat]? {
        guard let repeated = PlannedSeat.repeated(in: seats).first else { return seats }
        fields.refuse("seats_repeated", "The seat \(repeated.row) \(repeated.number) is named twice.")
        return nil
    }
}
