import API
import SQLite
import TypedID

extension CatalogService {
    /// `GET /v1/sessions/{session_id}`
    func showSession(_ request: Request) async throws -> Response {
        try answers.answer(to: request.target) {
            .session(try database.read { try $0.session(SessionID(request.parameter("session_id"))) })
        }
    }
}
