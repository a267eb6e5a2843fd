import JSON
import SQLite
import TestSupport
import Testing

/// What filters cost, in SQLite's own count of operations: the same on every machine.
@Suite struct MovieFilterCostTests {
    private static let broad = [
        "q=film", "q=commun", "city=Paris", "from=2026-11-10", "bookable=true", "airing=upcoming", "airing=now",
    ]
    private static let narrow = [
        "q=rare", "q=film+rare", "city=Paris&from=2026-11-20&to=2026-11-22", "q=rare&bookable=true",
    ]

    /// The operations of the first page, of some others and of the last one, a hundred movies each.
    private func costs(_ cinema: Cinema, _ target: String) async throws -> [Int] {
        var cursors = [""]
        while let last = cursors.last {
            let answer = try await cinema.get("\(target)&limit=100\(last)")
            guard answer.json["metadata"]?["has_more"] == true else { break }
            cursors.append("&cursor=\(try #require(answer.json["metadata"]?["end_cursor"]?.stringValue))")
        }
        var costs: [Int] = []
        for page in [0, cursors.count / 3, cursors.count * 2 / 3, cursors.count - 1] {
            _ = try await cinema.service.statementReports()
            // Not the answer that is kept.
            let answer = try await cinema.get("\(target)&limit=100&again=\(costs.count)\(cursors[page])")
            try #require(answer.status == 200)
            costs.append(try await cinema.service.statementReports().map(\.operations).reduce(0, +))
        }
        return costs
    }

    @Test("a late page of a filtered list costs what an early one does, narrow or broad, by any sort")
    func latePages() async throws {
        try await Cinema.run { cinema async throws in
            try await cinema.addMany(movies: 9_000)
            for filter in Self.broad + Self.narrow {
                for sort in ["rating", "new", "leaving_soon"] {
                    let costs = try await costs(cinema, "/v1/movies?sort=\(sort)&\(filter)")
                    #expect(costs.allSatisfy { $0 < 2 * costs[0] }, "\(sort) \(filter): \(costs)")
                    // To look at everything would be hundreds of thousands.
                    #expect(costs.allSatisfy { $0 < 120_000 }, "\(sort) \(filter): \(costs)")
                }
            }
        }
    }
}
