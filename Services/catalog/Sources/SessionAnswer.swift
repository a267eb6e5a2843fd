import API
import JSON
import SQLite
import Time
import TypedID

extension Session {
    /// In the order in which `init(_:)` reads them, of `tables`.
    static let columns: SQL = """
        s.id, s.starts_at, s.allocation, m.id, m.title, p.id, p.name, r.id, r.name, s.price_amount, s.price_currency,
            s.seats_left, s.free_as_of
        """
    /// The joins look up, and never lead.
    static let tables: SQL = """
        sessions s CROSS JOIN movies m ON m.id = s.movie_id CROSS JOIN places p ON p.id = s.place_id
            CROSS JOIN rooms r ON r.id = s.room_id
        """

    init(_ row: Row) throws {
        let (amount, currency) = (try row.intOrNil(9), try row.textOrNil(10))
        let price = amount.flatMap { amount in currency.map { Price(amount: amount, currency: $0) } }
        self.init(
            id: try row.value(0), startsAt: try row.value(1), allocation: try row.int(2),
            movie: (try row.value(3), try row.text(4)), place: (try row.value(5), try row.text(6)),
            room: (try row.value(7), try row.text(8)), ownPrice: price, seatsLeft: try row.int(11),
            seatsLeftAsOf: try row.valueOrNil(12))
    }

    /// - Parameter now: what is bookable depends on it, so no such answer may be kept.
    func write(to json: inout JSONWriter, at now: Timestamp) {
        json.field("id", id)
        json.field("starts_at", startsAt)
        json.field("allocation", allocation)
        json.object("movie") { json in
            json.field("id", movie.id)
            json.field("title", movie.title)
        }
        json.object("place") { json in
            json.field("id", place.id)
            json.field("name", place.name)
        }
        json.object("room") { json in
            json.field("id", room.id)
            json.field("name", room.name)
        }
        if let price {
            json.object("price") { json in
                json.field("amount", price.amount)
                json.field("currency", price.currency)
            }
        } else {
            json.field("price", String?.none)
        }
        tariffs.write(to: &json)
        json.field("seats_left", seatsLeft)
        json.field("seats_left_as_of", seatsLeftAsOf)
        json.field("bookable", isBookable(at: now))
    }
}

extension Connection {
    /// - Throws: `sessionNotFound`, for an id of another shape, too.
    func session(_ id: SessionID?) throws -> Session {
        guard let id, let session = try sessions("s.id = \(id)").first else { throw CatalogRefusal.sessionNotFound }
        return session
    }

    /// Those that a condition is true of, with what may follow it.
    func sessions(_ condition: SQL) throws -> [Session] {
        let found = try rows(
            "SELECT \(sql: Session.columns) FROM \(sql: Session.tables) WHERE \(sql: condition)"
        ) { try Session($0) }
        let tariffs = try tariffs(of: found.map(\.id))
        return found.map { session in
            var session = session
            session.tariffs = tariffs[session.id] ?? []
            return session
        }
    }
}

extension Response {
    static func session(status: Int = 200, _ session: Session, at now: Timestamp) -> Response {
        .json(status) { json in json.object("session") { session.write(to: &$0, at: now) } }
    }
}
