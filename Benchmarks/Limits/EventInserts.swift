import Glibc

/// Analytics' one insert on its own schema.
/// - Returns: events a second, as JSON.
func eventInserts(database path: String, clients: Int, milliseconds: Int) throws -> String {
    let database = try Bare(path)
    let insert = try database.prepare(
        """
        INSERT INTO events (id, tracking_id, type, scheme, path, query, user_id, received_at)
        VALUES (max(?1, coalesce((SELECT max(id) + 1 FROM events), 1)), ?3, ?4, ?5, ?6, ?7, NULL, ?2)
        """)
    let now = microseconds(CLOCK_REALTIME) / 1000
    var last = now << 22
    let perSecond = try groupCommits(on: database, submitters: clients, milliseconds: milliseconds) { client in
        last += 1
        bind(insert, 3, "visitor-\(client)")
        bind(insert, 4, last.isMultiple(of: 2) ? "page_enter" : "page_exit")
        bind(insert, 5, "https")
        bind(insert, 6, "/movies/mov_\(last % 1000 + 1)")
        bind(insert, 7, #"{"from":"home","tags":["new","drama"]}"#)
        try database.run(insert, last, now)
    }
    return #"{"per_second": \#(perSecond)}"#
}
