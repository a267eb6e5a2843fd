import API
import Auth
import JSON
import SQLite
import Text
import Time
import TypedID

/// A row as it was kept.
private struct KeptEvent {
    let id: EventID
    let trackingID, type, scheme, path, query: String
    let user: UserID?
    let receivedAt: Timestamp
}

extension AnalyticsService {
    /// `GET /v1/analytics/events?tracking_id&user_id&limit&cursor`: what was tracked, as it was kept, newest first.
    func listEvents(_ request: Request, _ caller: Principal) async throws -> Response {
        let query = try request.query()
        var fields = Fields(query)
        let limit = fields.limit()
        guard fields.faults.isEmpty else { throw fields.refusal }
        let (visit, user) = (query["tracking_id"]?.nfc, query["user_id"])
        let list = "events of \(user.debugDescription) in \(visit.debugDescription)"
        let page = try Page(limit: limit, cursor: query["cursor"], of: list, keys: 1, seal: cursors)
        var sql: SQL = """
            SELECT id, tracking_id, type, scheme, path, query, user_id, received_at FROM events
            WHERE id < \(page.after?[0] ?? .max)
            """
        if let visit { sql += " AND tracking_id = \(visit)" }
        // Nobody has an id of another shape.
        if let user { sql += " AND user_id = \(UserID(user) ?? UserID(rawValue: 0))" }
        sql += " ORDER BY id DESC LIMIT \(page.fetched)"
        let events = try database.read { [sql] in try $0.rows(sql) { try KeptEvent($0) } }
        return .json { json in
            page.write("events", events, to: &json, keys: { [$0.id.rawValue] }) { event, json in
                json.object { event.write(to: &$0) }
            }
        }
    }
}

extension KeptEvent {
    init(_ row: Row) throws {
        id = try row.value(0)
        trackingID = try row.text(1)
        type = try row.text(2)
        scheme = try row.text(3)
        path = try row.text(4)
        query = try row.text(5)
        user = try row.valueOrNil(6)
        receivedAt = try row.value(7)
    }

    func write(to json: inout JSONWriter) {
        json.field("id", id)
        json.field("tracking_id", trackingID)
        json.field("type", type)
        json.object("page") { json in
            json.field("scheme", scheme)
            json.field("path", path)
            json.field("query", raw: Array(query.utf8))
        }
        json.field("user_id", user)
        json.field("received_at", receivedAt)
    }
}
