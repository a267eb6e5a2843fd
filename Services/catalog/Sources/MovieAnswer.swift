import API
import JSON
import SQLite
import Time

extension Movie {
    /// Of `movies m`, in the order in which `init(_:)` reads them.
    static let columns: SQL = """
        m.id, m.title, m.description, m.poster, m.duration, m.airs_from, m.airs_to, m.rating_sum, m.rating_count
        """
    static let columnCount = 9

    init(_ row: Row) throws {
        self.init(
            id: try row.value(0), title: try row.text(1), description: try row.text(2), poster: try row.textOrNil(3),
            duration: try row.int(4), airsFrom: try row.valueOrNil(5), airsTo: try row.valueOrNil(6),
            rating: RatingMean(sum: try row.int(7), count: try row.int(8)))
    }

    func write(to json: inout JSONWriter) {
        json.field("id", id)
        json.field("title", title)
        json.field("description", description)
        json.field("poster", poster)
        json.field("duration", duration)
        json.object("airing_dates") { json in
            json.field("from", airsFrom)
            json.field("to", airsTo)
        }
        json.field("rating", rating?.rounded)
    }
}
