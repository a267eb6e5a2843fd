import API
import Auth
import JSON
import SQLite
import Time
import TypedID

/// Whose bookings are listed; one's own unless said.
private enum Scope: String, CaseIterable {
    case all
}

extension BookingService {
    /// `GET /v1/bookings`: the caller's own, in every state, newest first; with `scope=all`, for admins, everybody's.
    func listBookings(_ request: Request, _ caller: Principal) async throws -> Response {
        let user = try userID(of: caller)
        let query = try request.query()
        if query["scope"] == Scope.all.rawValue { return try await listAllBookings(query, caller, request.trace) }
        var fields = Fields(query)
        _ = fields.choice("scope", of: Scope.self, required: false)
        let limit = fields.limit()
        guard fields.faults.isEmpty else { throw fields.refusal }
        let page = try Page(limit: limit, cursor: query["cursor"], of: "bookings of \(user)", keys: 2, seal: cursors)
        let now = clock.now()
        var bookings = try await show(at: now, { $0 }) { try $0.bookings("b.user_id = \(user)", on: page) }
        await refreshNames(of: &bookings, request.trace)
        return .json { json in
            page.write("bookings", bookings, to: &json, keys: \.sortKeys) { listed, json in
                json.object { listed.write(to: &$0, at: now) }
            }
        }
    }
}
