import SQLite
import Time
import TimeZone
import TypedID

/// That a movie has a session in a city, within bounds, with seats left.
struct SessionCondition {
    /// About a row of `movies m`.
    let lookup: SQL
    let sources: [MovieConditions.Source]
    /// No such session begins before or after these moments; never the first or the last of all.
    let first: Int64
    let last: Int64
}

/// Bounds in one of the time zones that places are in; nil for all of them.
private struct ZonedPeriod {
    let zone: String?
    let first: Int64
    let last: Int64

    /// - Parameter earliest: sessions before it do not count; nil for all.
    init(_ period: Period, in zone: String? = nil, from earliest: Timestamp?) {
        self.zone = zone
        first = max(period.first.rawValue, earliest?.rawValue ?? -.max)
        last = min(period.last.rawValue, .max - 1)
    }
}

extension Connection {
    /// Nil where there is no such session.
    /// - Throws: `periodBackwards`.
    func sessionCondition(_ filter: MovieFilter, at now: Timestamp) throws -> SessionCondition? {
        let periods = try self.periods(filter, at: now).filter { $0.first <= $0.last }
        guard let first = periods.map(\.first).min(), let last = periods.map(\.last).max() else { return nil }
        var any: SQL = "FALSE"
        let seats: SQL = filter.isBookable ? "AND s.has_seats = 1" : ""
        for period in periods { any += " OR \(sql: lookup(filter.city, period, seats))" }
        let within: SQL = "s.starts_at BETWEEN \(first) AND \(last)"
        let sources: [MovieConditions.Source]
        if let city = filter.city {
            let ofCity: SQL = "p.city_folded = \(city)"
            sources = [
                .init(
                    tables: "places p CROSS JOIN sessions s ON s.place_id = p.id",
                    filter: "\(sql: ofCity) AND \(sql: within)",
                    movie: "s.movie_id"),
                .init(
                    tables: "places p CROSS JOIN showings s ON s.place_id = p.id", filter: ofCity, movie: "s.movie_id"),
            ]
        } else {
            sources = [.init(tables: "sessions s", filter: within, movie: "s.movie_id")]
        }
        return SessionCondition(lookup: "(\(sql: any))", sources: sources, first: first, last: last)
    }

    private func lookup(_ city: FoldedCity?, _ period: ZonedPeriod, _ seats: SQL) -> SQL {
        let within: SQL = "s.starts_at BETWEEN \(period.first) AND \(period.last) \(sql: seats)"
        let inZone: SQL = period.zone.map { "AND +p.time_zone = \($0)" } ?? ""
        if let city {
            return """
                EXISTS (SELECT 1 FROM places p CROSS JOIN sessions s ON s.movie_id = m.id AND s.place_id = p.id
                    WHERE p.city_folded = \(city) AND \(sql: within) \(sql: inZone))
                """
        }
        if period.zone != nil {
            return """
                EXISTS (SELECT 1 FROM sessions s CROSS JOIN places p ON p.id = s.place_id
                    WHERE s.movie_id = m.id AND \(sql: within) \(sql: inZone))
                """
        }
        return "EXISTS (SELECT 1 FROM sessions s WHERE s.movie_id = m.id AND \(sql: within))"
    }

    /// One for all places, unless a day is not the same time in all of them. None where the city has no place.
    private func periods(_ filter: MovieFilter, at now: Timestamp) throws -> [ZonedPeriod] {
        let earliest = filter.isBookable ? now.advanced(byMilliseconds: 1) : nil
        func period(_ zone: String) throws -> Period {
            try Period(from: filter.from, to: filter.to, in: try self.zone(zone))
        }
        let anywhere = try period("Etc/UTC")
        let zones = try self.zones(of: filter.city)
        guard !zones.isEmpty else { return [] }
        guard filter.from?.isDay == true || filter.to?.isDay == true else {
            return [ZonedPeriod(anywhere, from: earliest)]
        }
        // Backwards in one zone need not be so in another.
        let zoned = try zones.compactMap { zone -> (zone: String, period: Period)? in
            do { return (zone, try period(zone)) } catch is CatalogRefusal { return nil }
        }
        guard let one = zoned.first?.period else { throw CatalogRefusal.periodBackwards }
        if zoned.count == zones.count, zoned.allSatisfy({ $0.period == one }) {
            return [ZonedPeriod(one, from: earliest)]
        }
        return zoned.map { ZonedPeriod($0.period, in: $0.zone, from: earliest) }
    }

    /// Those that the city's places are in, or all places.
    private func zones(of city: FoldedCity?) throws -> [String] {
        if let city {
            return Set(
                try rows("SELECT time_zone FROM places WHERE city_folded = \(city)") { try $0.text(0) }
            ).sorted()
        }
        // One step for each zone, however many places are in it.
        var zones: [String] = []
        while let next = try first(
            """
            SELECT time_zone FROM places WHERE time_zone > \(zones.last ?? "") ORDER BY time_zone LIMIT 1
            """, { try $0.text(0) })
        {
            zones.append(next)
        }
        return zones
    }
}

extension DateBound {
    fileprivate var isDay: Bool {
        if case .day = self { true } else { false }
    }
}
