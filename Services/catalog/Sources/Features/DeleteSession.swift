import API
import Auth
import SQLite
import TypedID

extension CatalogService {
    /// `DELETE /v1/sessions/{session_id}` in two steps: booking closes it, if nobody has seats, and then it goes.
    func deleteSession(_ request: Request, _ caller: Principal) async throws -> Response {
        guard let id = SessionID(request.parameter("session_id")) else { throw CatalogRefusal.sessionNotFound }
        try await changes.one(of: id) {
            try await finishChange(of: id, request.trace)
            let change = SessionChange(id: ids.next(), session: id, terms: nil)
            try await database.write { transaction in
                try transaction.note(change, in: try transaction.session(id).room.id)
            }
            try await finish(change, request.trace)
        }
        return .noContent
    }
}
