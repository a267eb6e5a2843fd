import API
import JSON
import Text
import Time
import TypedID

/// Which movies a list is about: those for which all of this holds.
struct MovieFilter {
    enum Airing: String, CaseIterable { case now, upcoming }

    /// What words of the movie must begin with, each of them.
    let beginnings: [String]
    /// One session must be in this city, within these bounds, and have seats left.
    let city: FoldedCity?
    let from: DateBound?
    let to: DateBound?
    let isBookable: Bool
    let airing: Airing?
    /// In this order; nil for all.
    let ids: [MovieID]?
    /// The same filter in one spelling, which cursors are bound to.
    let spelling: String

    static let mostIDs = 100

    /// Whether it lets other movies through as time goes by.
    var dependsOnTime: Bool { airing != nil || isBookable }

    /// Whether more is asked of a session than that it can be booked, which movies say themselves.
    var isAboutSessions: Bool { city != nil || from != nil || to != nil }

    /// Nil where nothing is filtered.
    init?(_ fields: inout Fields, _ query: Query) {
        beginnings = (query["q"] ?? "").isEmpty ? [] : FoldedWords.beginnings(in: fields.text("q", 0...200) ?? "")
        city = fields.city(query)
        (from, to) = (fields.bound("from"), fields.bound("to"))
        ids = fields.movieIDs()
        airing = fields.choice("airing", of: Airing.self, required: false)
        isBookable = fields.bool("bookable", required: false) ?? false
        let isAboutSessions = city != nil || from != nil || to != nil
        guard isAboutSessions || isBookable || airing != nil || ids != nil || !beginnings.isEmpty else { return nil }
        let parts = [
            beginnings.joined(separator: " "), city?.rawValue ?? "", query["from"] ?? "", query["to"] ?? "",
            airing?.rawValue ?? "", isBookable ? "bookable" : "",
            ids.map { $0.map(\.description).joined(separator: ",") } ?? "any",
        ]
        spelling = parts.joined(separator: "\n")
    }
}

extension Fields {
    /// `ids`, separated by commas, each once, without those that are none.
    fileprivate mutating func movieIDs() -> [MovieID]? {
        guard let text = value("ids")?.stringValue else { return nil }
        var seen: Set<Substring> = []
        let distinct = text.split(separator: ",").filter { seen.insert($0).inserted }
        if distinct.count > MovieFilter.mostIDs {
            refuse("ids_too_long", "There are more than \(MovieFilter.mostIDs) ids.")
        }
        return distinct.compactMap { MovieID(String($0)) }
    }
}
