import JSON
import TypedID

/// The seats of a plan as its seat map lists them, front to back, but for their status: the rest never changes, and is
/// written once.
struct SeatTexts: Sendable {
    /// The members of each, one after the other.
    private var bytes: [UInt8] = []
    private var seats: [(id: SeatID, end: Int)] = []

    init(_ plan: SeatPlan) {
        for seat in plan.seats {
            var json = JSONWriter()
            json.object { json in
                json.field("id", seat.id)
                json.field("row", seat.row)
                json.field("number", seat.number)
                json.field("kind", seat.kind.rawValue)
                json.field("x", seat.x)
                json.field("y", seat.y)
            }
            bytes += json.bytes.dropFirst().dropLast()
            seats.append((seat.id, bytes.count))
        }
    }

    func write(to json: inout JSONWriter, status: (SeatID) -> String) {
        var start = 0
        for seat in seats {
            json.object { json in
                json.members(raw: bytes.span.extracting(start..<seat.end))
                json.field("status", status(seat.id))
            }
            start = seat.end
        }
    }
}
