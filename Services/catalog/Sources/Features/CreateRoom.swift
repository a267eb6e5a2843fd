import API
import Auth
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `POST /v1/places/{place_id}/rooms` `{name}` and `{capacity}`, `{seats: [{row, number, kind, x, y}]}` or
    /// `{rows: [{label, seats, gap}]}`: the capacity of a seated room is the number of its seats. And
    /// `{tariffs}`, of its new sessions.
    func createRoom(_ request: Request, _ caller: Principal) async throws -> Response {
        var fields = Fields(request.body)
        let name = PlaceFields.name(&fields, "name")
        let plan = RoomPlan(&fields, required: true, seatID: { ids.next() })
        let tariffs = fields.tariffs("tariffs") ?? []
        guard let name, let plan, fields.faults.isEmpty else { throw fields.refusal }
        let room = Room(
            id: ids.next(), name: name, capacity: plan.capacity, seated: plan.isSeated, tariffs: tariffs)
        let path = request.parameter("place_id")
        return try await request.decide(in: database) { transaction in
            let place = try transaction.placeID(path)
            let count = try transaction.first("SELECT count(*) FROM rooms WHERE place_id = \(place)") { try $0.int(0) }
            guard count ?? 0 < Room.mostInPlace else { throw CatalogRefusal.tooManyRooms }
            try transaction.add(room, to: place)
            try transaction.add(plan, to: room.id)
            return .room(status: 201, room)
        }
    }
}
