import Auth
import CatalogService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing
import Time

/// Catalog with what a test puts into its database, and the ways a visitor talks to it.
struct Cinema {
    let service: ServiceUnderTest<CatalogService>

    static func run(_ body: (Cinema) async throws -> Void) async throws {
        try await ServiceUnderTest.run(CatalogService.self) { service async throws in
            try await body(Cinema(service: service))
        }
    }

    func write(_ sql: SQL...) async throws {
        try await service.running.context.database.write { transaction in
            for statement in sql { try transaction.execute(statement) }
        }
    }

    func read<T>(_ body: (Connection) throws -> T) throws -> T {
        try service.running.context.database.read(body)
    }

    func add(movies: ClosedRange<Int64>) async throws {
        for id in movies {
            try await write("INSERT INTO movies (id, title, duration) VALUES (\(id), \("Film \(id)"), 90)")
        }
    }

    /// What the service does soon after movies have come otherwise than by a request.
    func readWords() async throws {
        try await service.running.context.database.write { try $0.readWords(atMost: 100_000) }
    }

    /// A place whose one room has the same number.
    func add(place: Int64, zone: String = "Europe/Paris") async throws {
        try await write(
            """
            INSERT INTO places (id, name, address, city, time_zone)
            VALUES (\(place), \("Place \(place)"), \("\(place) rue des Martyrs"), 'Paris', \(zone))
            """,
            "INSERT INTO rooms (id, place_id, name, capacity) VALUES (\(place), \(place), 'Salle 1', 120)")
    }

    func add(session: Int64, movie: Int64 = 1, place: Int64 = 1, at start: String) async throws {
        let start = try #require(Timestamp(rfc3339: start))
        try await write(
            """
            INSERT INTO sessions (id, movie_id, room_id, place_id, starts_at, allocation)
            VALUES (\(session), \(movie), \(place), \(place), \(start), 100)
            """)
    }

    /// What booking tells: events with the seats that are free after each.
    func tell(
        after: Int64 = 0, _ events: [(sequence: Int64, session: Int64, free: Int64)], at moment: String = told
    ) async throws -> Answer {
        let list = events.map { event in
            """
            {"sequence":\(event.sequence),"type":"seats.reserved","occurred_at":"\(moment)",
            "booking":{"id":"bkg_1","seats":1},"session":{"id":"ses_\(event.session)","free":\(event.free)}}
            """
        }
        return try await service.sendInternal(
            "POST", "/internal/v1/events", body: #"{"after":\#(after),"events":[\#(list.joined(separator: ","))]}"#)
    }

    /// When it tells it, unless it is said otherwise.
    static let told = "2026-11-20T18:00:00.000Z"

    func rate(_ movie: Int64, _ value: String, user: Int64 = 1, headers: [(String, String)] = []) async throws -> Answer
    {
        try await service.post(
            "/v1/movies/mov_\(movie)/rate", #"{"value":\#(value)}"#, token: service.token("usr_\(user)"),
            headers: headers)
    }

    /// What an admin asks for.
    @discardableResult
    func asAdmin(_ method: String, _ target: String, _ body: String? = nil, key: String? = nil) async throws -> Answer {
        try await service.send(
            method, target, token: service.token("usr_1", .admin), headers: key.map { [("Idempotency-Key", $0)] } ?? [],
            body: body)
    }

    func get(_ target: String) async throws -> Answer { try await service.get(target) }

    /// The ids of a list's first page.
    func ids(_ list: String, _ target: String) async throws -> [String] {
        Self.ids(try await get(target).json[list])
    }

    static func ids(_ list: JSONValue?) -> [String] {
        (list?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
    }

    /// The ids of each page, from the first to the one that says it is the last.
    func pages(_ list: String, _ target: String) async throws -> [[String]] {
        var pages: [[String]] = []
        var cursor = ""
        while true {
            let answer = try await get(target + (target.contains("?") ? "&" : "?") + cursor)
            try #require(answer.status == 200)
            let items = answer.json[list]?.arrayValue ?? []
            pages.append(Self.ids(answer.json[list]))
            let metadata = answer.json["metadata"]
            let end = metadata?["end_cursor"]?.stringValue
            #expect((end == nil) == items.isEmpty)
            guard metadata?["has_more"] == true else { return pages }
            try #require(pages.count < 1_000, "the list does not end")
            cursor = "cursor=\(try #require(end))"
        }
    }
}
