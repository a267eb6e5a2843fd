import API
import SQLite
import TypedID

extension CatalogService {
    /// `GET /v1/places/{place_id}/rooms/{room_id}`
    func showRoom(_ request: Request) async throws -> Response {
        try answers.answer(to: request.target) {
            let room = try database.read { connection in
                let place = try connection.placeID(request.parameter("place_id"))
                return try RoomID(request.parameter("room_id")).flatMap { id in
                    try connection.first(
                        "SELECT \(sql: Room.columns) FROM rooms WHERE id = \(id) AND place_id = \(place)"
                    ) { try Room($0) }
                }
            }
            guard let room else { throw CatalogRefusal.roomNotFound }
            return .room(room)
        }
    }
}
