import API
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `GET /v1/places/{place_id}/rooms?limit&cursor`: by ascending id.
    func listRooms(_ request: Request) async throws -> Response {
        try answers.answer(to: request.target) {
            let query = try request.query()
            var fields = Fields(query)
            let limit = fields.limit()
            guard fields.faults.isEmpty else { throw fields.refusal }
            let path = request.parameter("place_id")
            let page = try Page(limit: limit, cursor: query["cursor"], of: "rooms of \(path)", keys: 1, seal: cursors)
            let after = RoomID(rawValue: page.after?[0] ?? 0)
            let rooms = try database.read { connection in
                let place = try connection.placeID(path)
                return try connection.rooms(
                    "place_id = \(place) AND id > \(after) ORDER BY id LIMIT \(page.fetched)")
            }
            return .json { json in
                page.write("rooms", rooms, to: &json, keys: { [$0.id.rawValue] }) { room, json in
                    json.object { room.write(to: &$0) }
                }
            }
        }
    }
}
