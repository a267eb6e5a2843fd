import API
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `GET /internal/v1/sessions?ids=`: what the movies, places and rooms of up to 100 sessions are called now, and what
    /// else a ticket says of them; and whether there is any session at all, for who finds that these are gone.
    func nameSessions(_ request: Request) async throws -> Response {
        let query = try request.query()
        var fields = Fields(query)
        let texts = (query["ids"] ?? "").split(separator: ",")
        if texts.isEmpty { fields.refuse("ids_missing", "The ids must be given.") }
        if texts.count > 100 { fields.refuse("ids_too_long", "There are more than 100 ids.") }
        guard fields.faults.isEmpty else { throw fields.refusal }
        let ids = texts.compactMap { SessionID(String($0)) }
        return try database.read { connection in
            // The plan of `max` is a search, however many there are.
            let last = try connection.first("SELECT max(id) FROM sessions") { try $0.intOrNil(0) } ?? nil
            return try .json { json in
                json.field("has_sessions", last != nil)
                try json.array("sessions") { json in
                    try connection.forEach(
                        """
                        SELECT s.id, r.id, r.name, m.id, m.title, m.duration, p.id, p.name, p.address, p.city, p.time_zone
                        FROM sessions s JOIN movies m ON m.id = s.movie_id JOIN places p ON p.id = s.place_id
                            JOIN rooms r ON r.id = s.room_id
                        WHERE s.id IN (\(list: ids))
                        """
                    ) { row in
                        try json.object { json in
                            json.field("id", try row.value(0, as: SessionID.self))
                            try json.movieAndPlace(row, at: 3)
                            try json.object("room") { json in
                                json.field("id", try row.value(1, as: RoomID.self))
                                json.field("name", try row.text(2))
                            }
                        }
                    }
                }
            }
        }
    }
}
