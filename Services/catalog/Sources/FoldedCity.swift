import API
import SQLite
import Text
import TypedID

/// A city's name as it is searched for: without case and accents, œ as oe. The same for what is kept and for what is asked
/// for, and for a name in ASCII what SQLite's `lower` makes of it.
struct FoldedCity: RawRepresentable, Hashable {
    let rawValue: String

    init(rawValue: String) { self.rawValue = rawValue }

    init(_ name: String) {
        var folded = String.UnicodeScalarView()
        for scalar in name.folded.unicodeScalars {
            switch scalar {
            case "œ": folded.append(contentsOf: "oe".unicodeScalars)
            case "æ": folded.append(contentsOf: "ae".unicodeScalars)
            default: folded.append(scalar)
            }
        }
        rawValue = String(folded)
    }
}

extension Fields {
    /// `city`; nil where it is not asked for, or empty.
    mutating func city(_ query: Query) -> FoldedCity? {
        (query["city"] ?? "").isEmpty ? nil : text("city", 1...200).map { FoldedCity($0) }
    }
}

extension Transaction {
    /// Folds so many of the cities that SQLite could not fold when they came.
    func foldCities(atMost limit: Int64 = 1_000) throws {
        let left = try rows("SELECT id, city FROM places WHERE city_folded IS NULL ORDER BY id LIMIT \(limit)") { row in
            (id: try row.value(0, as: PlaceID.self), city: FoldedCity(try row.text(1)))
        }
        for place in left { try execute("UPDATE places SET city_folded = \(place.city) WHERE id = \(place.id)") }
    }
}

extension CatalogService {
    /// Folds those that came otherwise than by a request.
    func foldCities() async {
        await workOff("SELECT 1 FROM places WHERE city_folded IS NULL LIMIT 1") { try $0.foldCities() }
    }
}
