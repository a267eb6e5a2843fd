import API
import Auth
import JSON
import SQLite
import Text
import Time
import TypedID

extension AnalyticsService {
    /// `POST /v1/analytics/track`: keeps one event; it is on disk when this answers. Its id is greater than that of any
    /// event before it, also where others were given theirs in between or the clock went back: who follows events by
    /// their ids misses none.
    func trackEvent(_ request: Request, _ caller: Principal?) async throws -> Response {
        let event = try PageEvent(request.body)
        let user = caller.flatMap { try? $0.id(UserID.self) }
        let id: EventID = ids.next()
        let query = text(of: event.query)
        return try await request.decide(in: database) { [clock] transaction in
            try transaction.execute(
                """
                INSERT INTO events (id, tracking_id, type, scheme, path, query, user_id, received_at)
                VALUES (max(\(id), coalesce((SELECT max(id) + 1 FROM events), 1)), \(event.trackingID), \(event.kind), \(event.scheme), \(event.path), \(query), \(user),
                        \(clock.now()))
                """)
            return .noContent
        }
    }

    private func text(of query: JSONObject) -> String {
        var json = JSONWriter()
        json.element(query)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}

extension PageEvent {
    /// - Throws: 422 with everything that is wrong with it.
    fileprivate init(_ body: JSONValue) throws(APIError) {
        var fields = Fields(body)
        let trackingID = fields.text("tracking_id", 1...128)
        let kind = fields.choice("type", of: Kind.self)
        let page = fields.object("page") { page in
            (page.text("scheme", 1...32), page.text("path", 1...2048), page.pageQuery())
        }
        guard let trackingID, let kind, let page, case (let scheme?, let path?, let query?) = page,
            fields.faults.isEmpty
        else { throw fields.refusal }
        self.init(trackingID: trackingID, kind: kind, scheme: scheme, path: path, query: query)
    }
}

extension Fields {
    /// `query`: at most 100 names of at most 256 characters, each with a string of at most 2,048 or at most 100 of them.
    fileprivate mutating func pageQuery() -> JSONObject? {
        guard let query = object("query") else { return nil }
        let isGood =
            query.count <= 100
            && query.members.allSatisfy { member in
                isText(.string(member.name), 256)
                    && (isText(member.value, 2048)
                        || member.value.arrayValue.map { list in
                            list.count <= 100 && list.allSatisfy { isText($0, 2048) }
                        }
                            == true)
            }
        if isGood { return query }
        refuse("page_query_invalid", "The page.query must map at most 100 names to strings or to lists of strings.")
        return nil
    }

    private func isText(_ value: JSONValue, _ longest: Int) -> Bool {
        guard let text = value.stringValue else { return false }
        return text.codePointCount <= longest && !text.hasControlCharacters()
    }
}
