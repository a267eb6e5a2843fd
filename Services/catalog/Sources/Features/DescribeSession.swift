import API
import JSON
import SQLite
import Time
import TypedID

extension CatalogService {
    /// `GET /internal/v1/sessions/{session_id}`: what booking copies when it first meets a session, the seats of a seated
    /// room included.
    func describeSession(_ request: Request) async throws -> Response {
        guard let id = SessionID(request.parameter("session_id")),
            let response = try database.read({ try $0.describe(id) })
        else { throw CatalogRefusal.sessionNotFound }
        return response
    }
}

extension Connection {
    /// A session as booking reads it; nil for an unknown one.
    /// - Parameter terms: what it shall have, in place of what it has.
    func describe(_ id: SessionID, with terms: SessionChange.Terms? = nil) throws -> Response? {
        try first(
            """
            SELECT s.starts_at, s.allocation, m.id, m.title, m.duration, p.id, p.name, p.address, p.city, p.time_zone,
                r.id, r.name, r.capacity, r.seated
            FROM sessions s JOIN movies m ON m.id = s.movie_id JOIN places p ON p.id = s.place_id
                JOIN rooms r ON r.id = s.room_id
            WHERE s.id = \(id)
            """
        ) { row in
            try Response.json { json in
                try json.object("session") { json in
                    json.field("id", id)
                    json.field("starts_at", try terms?.startsAt ?? row.value(0, as: Timestamp.self))
                    json.field("allocation", try terms?.allocation ?? row.int(1))
                    try (terms?.tariffs ?? tariffs(of: id)).write(to: &json)
                    try json.movieAndPlace(row, at: 2)
                    try json.object("room") { json in
                        let room = Room(
                            id: try row.value(10), name: try row.text(11), capacity: try row.int(12),
                            seated: try row.bool(13))
                        room.writeSize(to: &json)
                        if room.seated { try writeSeats(of: room.id, to: &json) }
                    }
                }
            }
        }
    }
}

extension JSONWriter {
    /// `movie: {id, title, duration}, place: {id, name, address, city, time_zone}` from eight columns.
    mutating func movieAndPlace(_ row: Row, at column: Int) throws {
        try object("movie") { json in
            json.field("id", try row.value(column, as: MovieID.self))
            json.field("title", try row.text(column + 1))
            json.field("duration", try row.int(column + 2))
        }
        try object("place") { json in
            json.field("id", try row.value(column + 3, as: PlaceID.self))
            json.field("name", try row.text(column + 4))
            json.field("address", try row.text(column + 5))
            json.field("city", try row.text(column + 6))
            json.field("time_zone", try row.text(column + 7))
        }
    }
}
