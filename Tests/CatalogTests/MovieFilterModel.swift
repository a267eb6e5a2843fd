import CatalogService
import SQLite
import TestSupport
import Time
import TimeZone
import TypedID

/// What `GET /v1/movies` has to answer, the plain way: everything is looked at.
struct MovieFilterModel {
    struct Movie {
        let id: Int64
        let words: [String]
        let rating: Double?
        var sessions: [(place: Int64, start: Int64, hasSeats: Bool)] = []
        var from: Int64? { sessions.map(\.start).min() }
        var to: Int64? { sessions.map(\.start).max() }
    }

    /// One choice of all filters.
    struct Filter {
        var words: [String] = []
        var city: String?
        var from: String?
        var to: String?
        var airing: String?
        var bookable = false
        var ids: [Int64]?
        var sort = "rating"

        var target: String {
            var parts = ["sort=\(sort)"]
            if !words.isEmpty { parts.append("q=\(words.joined(separator: "+"))") }
            for (name, value) in [("city", city), ("from", from), ("to", to), ("airing", airing)] {
                if let value { parts.append("\(name)=\(value)") }
            }
            if bookable { parts.append("bookable=true") }
            if let ids { parts.append("ids=\(ids.map { "mov_\($0)" }.joined(separator: ","))") }
            return "/v1/movies?" + parts.joined(separator: "&")
        }
    }

    let movies: [Movie]
    let places: [Int64: (city: String, zone: TimeZone)]
    let now: Int64

    init(_ cinema: Cinema) throws {
        now = cinema.service.clock.now.rawValue
        (movies, places) = try cinema.read { connection in
            var movies: [Int64: Movie] = [:]
            try connection.forEach("SELECT id, title, description, rating_sum, rating_count FROM movies") { row in
                let words = "\(try row.text(1)) \(try row.text(2))".lowercased()
                    .replacing("ü", with: "u").replacing("à", with: "a").replacing(",", with: "").split(separator: " ")
                let count = try row.int(4)
                movies[try row.int(0)] = Movie(
                    id: try row.int(0), words: words.map(String.init),
                    rating: count == 0 ? nil : Double(try row.int(3)) / Double(count))
            }
            try connection.forEach("SELECT movie_id, place_id, starts_at, free FROM sessions") { row in
                movies[try row.int(0)]?.sessions.append((try row.int(1), try row.int(2), try row.int(3) > 0))
            }
            var places: [Int64: (String, TimeZone)] = [:]
            try connection.forEach("SELECT id, city, time_zone FROM places") { row in
                if let zone = TimeZone.named(try row.text(2)) { places[try row.int(0)] = (try row.text(1), zone) }
            }
            return (Array(movies.values), places)
        }
    }

    func answer(_ filter: Filter) -> [String] {
        let found = movies.filter { matches($0, filter) }
        let sorted =
            if let ids = filter.ids {
                ids.compactMap { id in found.first { $0.id == id } }
            } else {
                found.sorted { (key($0, filter.sort), $0.id) < (key($1, filter.sort), $1.id) }
            }
        return sorted.map { "mov_\($0.id)" }
    }

    private func key(_ movie: Movie, _ sort: String) -> Double {
        switch sort {
        case "rating": movie.rating.map { -$0 } ?? .infinity
        case "new": movie.from.map { -Double($0) } ?? .infinity
        default: movie.to.map(Double.init) ?? .infinity
        }
    }

    private func matches(_ movie: Movie, _ filter: Filter) -> Bool {
        guard filter.words.allSatisfy({ wanted in movie.words.contains { $0.hasPrefix(wanted) } }),
            filter.ids?.contains(movie.id) != false
        else { return false }
        switch filter.airing {
        case "now": guard let from = movie.from, let to = movie.to, from <= now, now <= to else { return false }
        case "upcoming": guard let from = movie.from, from > now else { return false }
        default: break
        }
        guard filter.city != nil || filter.from != nil || filter.to != nil || filter.bookable else { return true }
        return movie.sessions.contains { session in
            guard let place = places[session.place] else { return false }
            return (filter.city == nil || filter.city == place.city)
                && (!filter.bookable || session.hasSeats && session.start > now)
                && session.start >= moment(filter.from, place.zone, end: false) ?? .min
                && session.start <= moment(filter.to, place.zone, end: true) ?? .max
        }
    }

    private func moment(_ text: String?, _ zone: TimeZone, end: Bool) -> Int64? {
        switch text.flatMap(DateBound.init) {
        case .moment(let moment)?: moment.rawValue
        case .day(let day)?:
            end ? zone.moments(of: day).upperBound.rawValue - 1 : zone.moments(of: day).lowerBound.rawValue
        case nil: nil
        }
    }
}
