import API
import Auth
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `POST /v1/places/{place_id}/rooms` `{name, capacity}` or `{name, seats: [{row, number, kind, x, y}]}`: the capacity
    /// of a seated room is the number of its seats.
    func createRoom(_ request: Request, _ caller: Principal) async throws -> Response {
        var fields = Fields(request.body)
        let name = PlaceFields.name(&fields, "name")
        let isSeated = (request.body["seats"] ?? .null) != .null
        let seats = PlaceFields.seats(&fields) ?? []
        let capacity = PlaceFields.capacity(&fields, required: !isSeated)
        if isSeated, capacity != nil {
            fields.refuse("capacity_invalid", "The capacity of a room with seats is their number; give one of the two.")
        }
        guard let name, fields.faults.isEmpty else { throw fields.refusal }
        let room = Room(id: ids.next(), name: name, capacity: capacity ?? Int64(seats.count), seated: isSeated)
        let plan = seats.map { (id: ids.next() as SeatID, seat: $0) }
        let path = request.parameter("place_id")
        return try await request.decide(in: database) { transaction in
            let place = try transaction.placeID(path)
            let count = try transaction.first("SELECT count(*) FROM rooms WHERE place_id = \(place)") { try $0.int(0) }
            guard count ?? 0 < Room.mostInPlace else { throw CatalogRefusal.tooManyRooms }
            try transaction.add(room, to: place)
            for (id, seat) in plan {
                try transaction.execute(
                    """
                    INSERT INTO seats (id, room_id, row_label, number, kind, x, y)
                    VALUES (\(id), \(room.id), \(seat.row), \(seat.number), \(seat.kind), \(seat.x), \(seat.y))
                    """)
            }
            return .room(status: 201, room)
        }
    }
}
