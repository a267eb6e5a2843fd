import API
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `GET /v1/places?city&limit&cursor`: by ascending id.
    func listPlaces(_ request: Request) async throws -> Response {
        try answers.answer(to: request.target) {
            let query = try request.query()
            var fields = Fields(query)
            let city = fields.city(query)
            let limit = fields.limit()
            guard fields.faults.isEmpty else { throw fields.refusal }
            let page = try Page(
                limit: limit, cursor: query["cursor"], of: "places in \(city?.rawValue ?? "any city")", keys: 1,
                seal: cursors)
            let after = PlaceID(rawValue: page.after?[0] ?? 0)
            let places = try database.read { connection in
                let filter: SQL = city.map { "city_folded = \($0) AND" } ?? ""
                let places = try connection.places(
                    "\(sql: filter) id > \(after) ORDER BY id LIMIT \(page.fetched)")
                return try places.map { (place: $0, rooms: try connection.rooms(of: $0.id)) }
            }
            return .json { json in
                page.write("places", places, to: &json, keys: { [$0.place.id.rawValue] }) { listed, json in
                    json.object { listed.place.write(listed.rooms, to: &$0) }
                }
            }
        }
    }
}
