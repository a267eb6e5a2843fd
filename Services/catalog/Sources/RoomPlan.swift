import API
import JSON
import SQLite
import TypedID

/// What a body says that a room holds.
enum RoomPlan: Sendable {
    case capacity(Int64)
    case seats([(id: SeatID, seat: PlannedSeat)])

    var capacity: Int64 {
        switch self {
        case .capacity(let capacity): capacity
        case .seats(let seats): Int64(seats.count)
        }
    }

    var isSeated: Bool { if case .seats = self { true } else { false } }

    /// `{capacity}`, `{seats: [{row, number, kind, x, y}]}` or `{rows: [{label, seats, gap}]}`: one of the three, which is
    /// a fault besides if there is more than one.
    /// - Returns: nil where none is given, or where there is a fault.
    init?(_ fields: inout Fields, required: Bool, seatID: () -> SeatID) {
        let given = ["seats", "rows"].filter { (fields.value($0) ?? .null) != .null }
        let seats = given.contains("seats") ? PlaceFields.seats(&fields) : nil
        let rows = given.contains("rows") ? PlaceFields.rows(&fields) : nil
        let capacity = PlaceFields.capacity(&fields, required: required && given.isEmpty)
        if !given.isEmpty, capacity != nil {
            fields.refuse("capacity_invalid", "The capacity of a room with seats is their number; give one of the two.")
        }
        if given.count > 1 {
            fields.refuse("rows_invalid", "The rows are another way to write the seats; give one of the two.")
        }
        if let seats = seats ?? rows {
            self = .seats(seats.map { (id: seatID(), seat: $0) })
        } else if let capacity {
            self = .capacity(capacity)
        } else {
            return nil
        }
    }
}

extension Transaction {
    /// - Parameter plan: of a room that has none.
    func add(_ plan: RoomPlan, to room: RoomID) throws {
        guard case .seats(let seats) = plan else { return }
        for (id, seat) in seats {
            try execute(
                """
                INSERT INTO seats (id, room_id, row_label, number, kind, x, y)
                VALUES (\(id), \(room), \(seat.row), \(seat.number), \(seat.kind), \(seat.x), \(seat.y))
                """)
        }
    }
}

extension Connection {
    /// The room that a path names, in the place that it names.
    /// - Throws: `placeNotFound`, `roomNotFound`.
    func room(_ room: String, in place: String) throws -> Room {
        let place = try placeID(place)
        let found = try RoomID(room).flatMap { id in
            try rooms("id = \(id) AND place_id = \(place)").first
        }
        guard let found else { throw CatalogRefusal.roomNotFound }
        return found
    }

    /// A session of the room, whenever it is; nil where it has none.
    func anySession(of room: RoomID) throws -> SessionID? {
        try first("SELECT id FROM sessions WHERE room_id = \(room) LIMIT 1") { try $0.value(0) }
    }

    /// `seats: [{id, row, number, kind, x, y}]`, by row and number.
    func writeSeats(of room: RoomID, to json: inout JSONWriter) throws {
        try json.array("seats") { json in
            try forEach(
                """
                SELECT id, row_label, number, kind, x, y FROM seats WHERE room_id = \(room) ORDER BY row_label, number
                """
            ) { row in
                try json.object { json in
                    json.field("id", try row.value(0, as: SeatID.self))
                    json.field("row", try row.text(1))
                    json.field("number", try row.int(2))
                    json.field("kind", try row.text(3))
                    json.field("x", try row.double(4))
                    json.field("y", try row.double(5))
                }
            }
        }
    }
}
