import API
import SQLite
import TypedID

extension CatalogService {
    /// `GET /v1/places/{place_id}`
    func showPlace(_ request: Request) async throws -> Response {
        try answers.answer(to: request.target) {
            try database.read { connection in
                guard let id = PlaceID(request.parameter("place_id")), let place = try connection.place(id) else {
                    throw CatalogRefusal.placeNotFound
                }
                return .place(place, try connection.rooms(of: id))
            }
        }
    }
}
