import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension CatalogService {
    /// `POST /v1/sessions` `{movie_id, room_id or place_id, starts_at, allocation, price: {amount, currency}, tariffs}`: in
    /// the room, or in the only one that the place has; with all of its capacity unless there is an allocation. Without
    /// tariffs and price it takes over those that the room or the place has.
    func createSession(_ request: Request, _ caller: Principal) async throws -> Response {
        var fields = Fields(request.body)
        let movie = fields.id("movie_id", MovieID.self)
        let room = fields.id("room_id", RoomID.self, required: (request.body["place_id"] ?? .null) == .null)
        let place = fields.id("place_id", PlaceID.self, required: false)
        let now = clock.now()
        let startsAt = fields.futureStart("starts_at", after: now)
        let allocation = fields.allocation("allocation")
        let price = fields.object("price", required: false) { Session.Price(&$0) }
        let tariffs = fields.tariffs("tariffs")
        guard let movie, let startsAt, fields.faults.isEmpty else { throw fields.refusal }
        let id: SessionID = ids.next()
        return try await request.decide(in: database) { [turnaround] transaction in
            let duration = try transaction.first("SELECT duration FROM movies WHERE id = \(movie)") { try $0.int(0) }
            let room = try transaction.roomForSession(room, in: place)
            guard let duration, let room = room.found else {
                throw CatalogRefusal.unknown((duration == nil ? ["movie_id"] : []) + room.unknown)
            }
            guard allocation ?? 1 <= room.capacity else { throw CatalogRefusal.allocationAboveCapacity(room.capacity) }
            try transaction.checkRoom(room.id, isFreeAt: startsAt, duration: duration, turnaround: turnaround)
            try transaction.addSession(
                id, of: movie, in: room.id, of: room.place, at: startsAt, allocation ?? room.capacity, price, tariffs)
            return .session(status: 201, try transaction.session(id), at: now)
        }
    }
}

extension Transaction {
    /// Once the room is known to be free, and the movie and the room to exist.
    /// - Parameter tariffs: nil where it does not say: then its seats cost the price, or what the room or the place says.
    func addSession(
        _ id: SessionID, of movie: MovieID, in room: RoomID, of place: PlaceID, at start: Timestamp,
        _ allocation: Int64, _ price: Session.Price?, _ tariffs: [Tariff]? = nil
    ) throws {
        try execute(
            """
            INSERT INTO sessions
                (id, movie_id, room_id, place_id, starts_at, allocation, price_amount, price_currency)
            VALUES (\(id), \(movie), \(room), \(place), \(start), \(allocation), \(price?.amount),
                \(price?.currency))
            """)
        let own = try Tariff.ofNewSession(
            tariffs: tariffs, price: price, room: self.tariffs(of: room), place: self.tariffs(of: place))
        try setTariffs(own, of: id)
    }
}

extension Connection {
    /// The room that is named, or the only one of the place that is.
    /// - Returns: the room, or the names of the fields that name none.
    /// - Throws: 422 where the place has several rooms, and none of them is named.
    fileprivate func roomForSession(
        _ room: RoomID?, in place: PlaceID?
    ) throws -> (found: (id: RoomID, place: PlaceID, capacity: Int64)?, unknown: [String]) {
        let filter: SQL = room.map { "id = \($0)" } ?? "place_id = \(place ?? PlaceID(rawValue: 0))"
        let rooms = try rows("SELECT id, place_id, capacity FROM rooms WHERE \(sql: filter) LIMIT 2") { row in
            (id: try row.value(0, as: RoomID.self), place: try row.value(1, as: PlaceID.self), capacity: try row.int(2))
        }
        if room == nil, rooms.count > 1 { throw CatalogRefusal.severalRooms }
        guard let found = rooms.first, place == nil || place == found.place else {
            return (nil, [room == nil ? "place_id" : "room_id"])
        }
        return (found, [])
    }
}

extension Fields {
    /// A moment that is still to come.
    mutating func futureStart(_ name: String, after now: Timestamp) -> Timestamp? {
        guard let moment = timestamp(name) else { return nil }
        if moment > now { return moment }
        refuse("\(name)_past", "The \(name) must be in the future.")
        return nil
    }

    mutating func allocation(_ name: String) -> Int64? { integer(name, Room.capacities, required: false) }
}
