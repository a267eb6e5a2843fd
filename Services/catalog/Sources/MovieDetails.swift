import API
import JSON
import SQLite
import Time
import TypedID

/// What `?expand=` adds to a movie.
enum MovieDetail: String, CaseIterable {
    case credits, ratings, sessions
}

extension MovieDetail {
    private static let mostSessions: Int64 = 10

    /// Writes the member of the movie that has the detail's name.
    /// - Parameter now: sessions are those still to come.
    func write(of movie: MovieID, from connection: Connection, at now: Timestamp, to json: inout JSONWriter) throws {
        switch self {
        case .credits:
            try json.object("credits") { json in
                try Self.writeCredits("directors", .director, of: movie, from: connection, to: &json)
                try Self.writeCredits("stars", .star, of: movie, from: connection, to: &json)
            }
        case .ratings: try json.object("ratings") { try Self.writeRatings(of: movie, from: connection, to: &$0) }
        case .sessions: try Self.writeSessions(of: movie, from: connection, at: now, to: &json)
        }
    }

    private static func writeCredits(
        _ name: StaticString, _ role: CreditRole, of movie: MovieID, from connection: Connection,
        to json: inout JSONWriter
    ) throws {
        try json.array(name) { json in
            try connection.forEach(
                """
                SELECT p.id, p.name, c.part FROM credits c CROSS JOIN people p ON p.id = c.person_id
                WHERE c.movie_id = \(movie) AND c.role = \(role) ORDER BY c.position
                """
            ) { row in
                try json.object { json in
                    json.field("id", try row.value(0, as: PersonID.self))
                    json.field("name", try row.text(1))
                    if role == .star { json.field("part", try row.textOrNil(2)) }
                }
            }
        }
    }

    private static func writeRatings(
        of movie: MovieID, from connection: Connection, to json: inout JSONWriter
    ) throws {
        var counts = [Int64](repeating: 0, count: 6)
        try connection.forEach("SELECT nearest, count FROM rating_counts WHERE movie_id = \(movie)") { row in
            counts[Int(try row.int(0))] = try row.int(1)
        }
        json.field("count", counts.reduce(0, +))
        json.object("histogram") { json in
            for (name, count) in zip(["0", "1", "2", "3", "4", "5"] as [StaticString], counts) {
                json.field(name, count)
            }
        }
    }

    private static func writeSessions(
        of movie: MovieID, from connection: Connection, at now: Timestamp, to json: inout JSONWriter
    ) throws {
        try json.array("sessions") { json in
            try connection.forEach(
                """
                SELECT s.id, s.starts_at, p.id, p.name FROM sessions s CROSS JOIN places p ON p.id = s.place_id
                WHERE s.movie_id = \(movie) AND s.starts_at > \(now) ORDER BY s.starts_at, s.id LIMIT \(mostSessions)
                """
            ) { row in
                try json.object { json in
                    json.field("id", try row.value(0, as: SessionID.self))
                    json.field("starts_at", try row.value(1, as: Timestamp.self))
                    try json.object("place") { json in
                        json.field("id", try row.value(2, as: PlaceID.self))
                        json.field("name", try row.text(3))
                    }
                }
            }
        }
    }
}

extension Fields {
    /// The names in `expand`, separated by commas; an empty one is none.
    mutating func details() -> Set<MovieDetail> {
        let names = (value("expand")?.stringValue ?? "").split(separator: ",")
        let details = names.compactMap { MovieDetail(rawValue: String($0)) }
        if details.count < names.count {
            refuse("expand_invalid", "The expand must be of credits, ratings and sessions, separated by commas.")
        }
        return Set(details)
    }
}
