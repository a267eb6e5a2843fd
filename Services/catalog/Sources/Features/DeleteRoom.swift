import API
import Auth
import SQLite
import TypedID

extension CatalogService {
    /// `DELETE /v1/places/{place_id}/rooms/{room_id}`: with its seats, once it has no session. A place has one room or more:
    /// the last one goes with the place.
    func deleteRoom(_ request: Request, _ caller: Principal) async throws -> Response {
        let (place, path) = (request.parameter("place_id"), request.parameter("room_id"))
        return try await request.decide(in: database) { transaction in
            let room = try transaction.room(path, in: place)
            if let session = try transaction.anySession(of: room.id) { throw CatalogRefusal.roomHasSessions(session) }
            let others = try transaction.first(
                """
                SELECT 1 FROM rooms WHERE place_id = (SELECT place_id FROM rooms WHERE id = \(room.id))
                    AND id <> \(room.id) LIMIT 1
                """
            ) { _ in true }
            guard others != nil else { throw CatalogRefusal.lastRoom }
            try transaction.execute("DELETE FROM rooms WHERE id = \(room.id)")
            return .noContent
        }
    }
}
