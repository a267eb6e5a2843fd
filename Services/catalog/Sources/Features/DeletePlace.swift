import API
import Auth
import SQLite
import TypedID

extension CatalogService {
    /// `DELETE /v1/places/{place_id}`: with its rooms and their seats, once it has no session.
    func deletePlace(_ request: Request, _ caller: Principal) async throws -> Response {
        let path = request.parameter("place_id")
        return try await request.decide(in: database) { transaction in
            let id = try transaction.placeID(path)
            let session = try transaction.first(
                "SELECT s.id FROM rooms r JOIN sessions s ON s.room_id = r.id WHERE r.place_id = \(id) LIMIT 1"
            ) { try $0.value(0, as: SessionID.self) }
            if let session { throw CatalogRefusal.placeHasSessions(session) }
            try transaction.execute("DELETE FROM places WHERE id = \(id)")
            return .noContent
        }
    }
}
