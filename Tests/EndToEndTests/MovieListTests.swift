import JSON
import TestSupport
import Testing

/// The sample data as a visitor pages through it.
@Suite struct MovieListTests {
    @Test("every sort shows every film once, in its order, a page after the other")
    func sorts() async throws {
        try await Stack.run { stack in
            let total = try await stack["catalog"].sql("SELECT count(*) AS n FROM movies").first?["n"]?.integerValue
            for (sort, key) in Self.orders {
                let movies = try await pages(stack, "/v1/movies?limit=7\(sort)")
                #expect(Set(movies.compactMap { $0["id"]?.stringValue }).count == movies.count)
                #expect(Int64(movies.count) == total)
                let keys = movies.map(key)
                #expect(zip(keys, keys.dropFirst()).allSatisfy { $0 <= $1 }, "\(sort)")
            }
            let first = try await stack.get("/v1/movies").expect(200, .page("movies", of: .movie))
            #expect(first["movies"]?.arrayValue?.count == 20)
            #expect(first["metadata"]?["has_more"] == true)
        }
    }

    /// Ascending, what is null last. Moments in one format sort as their text does.
    private static let orders: [(String, @Sendable (JSONValue) -> String)] = [
        ("", rated), ("&sort=rating", rated), ("&sort=leaving_soon", { $0["airing_dates"]?["to"]?.stringValue ?? "~" }),
        ("&sort=new", { mirrored($0["airing_dates"]?["from"]?.stringValue) }),
    ]

    /// Shown to two decimals: what is equal there may differ beyond.
    private static func rated(_ movie: JSONValue) -> String {
        let rating = movie["rating"]?.doubleValue.map { 500 - Int(($0 * 100).rounded()) } ?? 999
        return String(1000 + rating)
    }

    /// Descending becomes ascending.
    private static func mirrored(_ text: String?) -> String {
        String(decoding: (text ?? "\u{1}").utf8.map { 127 - $0 }, as: UTF8.self)
    }

    private func pages(_ stack: Stack, _ target: String) async throws -> [JSONValue] {
        var movies: [JSONValue] = []
        var cursor: String? = ""
        while let next = cursor {
            let page = try await stack.get(target + (next.isEmpty ? "" : "&cursor=\(next)"))
                .expect(200, .page("movies", of: .movie))
            let shown = page["movies"]?.arrayValue ?? []
            #expect(shown.count <= 7)
            movies += shown
            cursor = page["metadata"]?["has_more"] == true ? page["metadata"]?["end_cursor"]?.stringValue : nil
        }
        return movies
    }
}
