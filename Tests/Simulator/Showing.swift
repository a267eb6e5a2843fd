import JSON
import Time

/// A session as catalog has it, and all that is drawn of steps is about.
struct Showing: Sendable {
    let number: Int64
    /// The seats of its room, by their numbers; none where they are only counted.
    let seats: [Int64]
    let room: Int64
    let allocation: Int
    /// Of one seat, in cents.
    let price: Int64?
    /// After the world begins, in minutes.
    let startsIn: Int64

    var id: String { "ses_\(number)" }

    private static let farAhead: Int64 = 400 * 1_440
    private static let large = plan(of: 1, rows: 3, of: 5)
    private static let small = plan(of: 2, rows: 2, of: 4)

    static let all: [Showing] = [
        Showing(number: 101, seats: [], room: 9, allocation: 8, price: nil, startsIn: farAhead),
        Showing(number: 102, seats: large, room: 1, allocation: 15, price: nil, startsIn: farAhead),
        Showing(number: 103, seats: [], room: 9, allocation: 5, price: 900, startsIn: farAhead),
        // Fewer seats are on sale than the room has.
        Showing(number: 104, seats: small, room: 2, allocation: 6, price: 1_250, startsIn: farAhead),
        Showing(number: 105, seats: [], room: 9, allocation: 3, price: nil, startsIn: farAhead),
        Showing(number: 106, seats: [], room: 9, allocation: 10, price: nil, startsIn: 20),
        Showing(number: 107, seats: large, room: 1, allocation: 15, price: 700, startsIn: 45),
        Showing(number: 108, seats: [], room: 9, allocation: 1, price: nil, startsIn: farAhead),
    ]

    private static func plan(of room: Int64, rows: Int64, of columns: Int64) -> [Int64] {
        (0..<rows).flatMap { row in (0..<columns).map { room * 1_000 + row * 10 + $0 + 1 } }
    }

    /// As catalog tells booking of it.
    func terms(allocation: Int, price: Int64?, startsAt: Int64) -> [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.object("session") { json in
                json.field("id", id)
                json.field("starts_at", Timestamp(rawValue: startsAt).rfc3339)
                json.field("allocation", Int64(allocation))
                json.object("movie") { json in
                    json.field("id", "mov_1")
                    json.field("title", "Nosferatu")
                    json.field("duration", Int64(94))
                }
                json.object("place") { json in
                    json.field("id", "plc_1")
                    json.field("name", "Le Rex")
                    json.field("address", "1 rue Sainte-Catherine")
                    json.field("city", "Montréal")
                    json.field("time_zone", "America/Montreal")
                }
                json.object("room") { json in writeRoom(to: &json) }
                json.array("tariffs") { json in
                    if let price { json.object { json in Self.write(price, to: &json) } }
                }
            }
        }
        return json.bytes
    }

    private func writeRoom(to json: inout JSONWriter) {
        json.field("id", "rom_\(room)")
        json.field("name", "1")
        json.field("capacity", Int64(100))
        json.field("seated", JSONValue.bool(!seats.isEmpty))
        guard !seats.isEmpty else { return }
        json.array("seats") { json in
            for seat in seats {
                let (row, column) = (seat % 1_000 / 10, seat % 10)
                json.object { json in
                    json.field("id", "sea_\(seat)")
                    json.field("row", ["A", "B", "C"][Int(row)])
                    json.field("number", column)
                    json.field("kind", row == 0 && column == 1 ? "wheelchair" : "standard")
                    json.field("x", JSONValue.integer(column))
                    json.field("y", JSONValue.integer(row))
                }
            }
        }
    }

    private static func write(_ price: Int64, to json: inout JSONWriter) {
        json.field("name", "Plein tarif")
        json.object("price") { json in
            json.field("amount", price)
            json.field("currency", "EUR")
        }
        json.field("condition", "")
    }
}
