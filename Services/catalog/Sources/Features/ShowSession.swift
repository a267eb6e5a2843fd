import API
import SQLite
import Time
import TypedID

extension CatalogService {
    /// `GET /v1/sessions/{session_id}`
    func showSession(_ request: Request) async throws -> Response {
        let session = try database.read { try $0.session(SessionID(request.parameter("session_id"))) }
        return .session(session, at: clock.now()).tagged()
    }
}
