import API
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `GET /v1/places/{place_id}/rooms/{room_id}`: a seated room with its plan, to be drawn.
    func showRoom(_ request: Request) async throws -> Response {
        try answers.answer(to: request.target) {
            try database.read { connection in
                let room = try connection.room(request.parameter("room_id"), in: request.parameter("place_id"))
                return try .json { json in
                    try json.object("room") { json in
                        room.write(to: &json)
                        if room.seated { try connection.writeSeats(of: room.id, to: &json) }
                    }
                }
            }
        }
    }
}
