import JSON
import SQLite
import TestSupport
import Testing
import Time

@Suite struct MovieFilterModelTests {
    @Test("whatever filters come together, narrow or broad, the pages are those of a model that looks at everything")
    func model() async throws {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        try await Cinema.run { cinema async throws in
            try await cinema.addMany(movies: 4_200)
            let model = try MovieFilterModel(cinema)
            var (empty, long) = (0, 0)
            for _ in 0..<70 {
                let filter = Self.filter(&random)
                let wanted = model.answer(filter)
                // Few pages of a long list, all of a short one.
                let limit = min(100, max(1, wanted.count / Int.random(in: 1...4, using: &random)))
                let found = try await cinema.pages("movies", "\(filter.target)&limit=\(limit)").flatMap(\.self)
                #expect(found == wanted, "seed \(seed): \(filter.target)")
                if wanted.isEmpty { empty += 1 } else if wanted.count > 500 { long += 1 }
            }
            // Otherwise it would compare nothing with nothing.
            #expect(empty < 55 && long > 2, "seed \(seed): \(empty) empty, \(long) long")
        }
    }

    private static func filter(_ random: inout SeededGenerator) -> MovieFilterModel.Filter {
        func sometimes(_ percent: Int) -> Bool { Int.random(in: 0..<100, using: &random) < percent }
        var filter = MovieFilterModel.Filter()
        filter.sort = ["rating", "new", "leaving_soon"].randomElement(using: &random) ?? "rating"
        if sometimes(50) {
            let words = ["film", "f", "common", "commun", "com", "other", "rare", "r", "12", "4", "nothing"]
            filter.words = (0...Int.random(in: 0...1, using: &random)).compactMap { _ in
                words.randomElement(using: &random)
            }
        }
        if sometimes(35) { filter.city = ["Paris", "Lyon", "Saint-Denis"].randomElement(using: &random) }
        if sometimes(40) {
            // Within the month around now, as moments and as days.
            let days = [Int64.random(in: -30...30, using: &random), Int64.random(in: -30...30, using: &random)].sorted()
            let texts = days.map { day in
                let text = Timestamp(rawValue: 1_795_199_400_000 + day * 86_400_000).rfc3339
                return sometimes(50) ? String(text.prefix(10)) : text
            }
            if sometimes(70) { filter.from = texts[0] }
            if sometimes(70) { filter.to = texts[1] }
            // A day that ends before a moment of the same day would be a fault in some zones.
            if days[0] == days[1] { filter.to = nil }
        }
        if sometimes(30) { filter.airing = sometimes(50) ? "now" : "upcoming" }
        filter.bookable = sometimes(25)
        if sometimes(10) { filter.ids = (1...60).map { $0 * 71 % 4_600 + 1 }.shuffled(using: &random) }
        return filter
    }
}
