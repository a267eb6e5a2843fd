import API
import JSON
import SQLite
import TypedID

extension Place {
    /// Of `places`, in the order in which `init(_:)` reads them.
    static let columns: SQL = "id, name, address, city, time_zone, turnaround_minutes"

    init(_ row: Row) throws {
        self.init(
            id: try row.value(0), name: try row.text(1), address: try row.text(2), city: try row.text(3),
            timeZone: try row.text(4), turnaround: try row.intOrNil(5))
    }

    func write(_ rooms: [Room], to json: inout JSONWriter) {
        json.field("id", id)
        json.field("name", name)
        json.field("address", address)
        json.field("city", city)
        json.field("time_zone", timeZone)
        json.field("turnaround_minutes", turnaround)
        tariffs.write(to: &json)
        json.array("rooms") { json in
            for room in rooms { json.object { room.write(to: &$0) } }
        }
    }
}

extension Room {
    /// Of `rooms`, in the order in which `init(_:)` reads them.
    static let columns: SQL = "id, name, capacity, seated"

    init(_ row: Row) throws {
        self.init(id: try row.value(0), name: try row.text(1), capacity: try row.int(2), seated: try row.bool(3))
    }

    func write(to json: inout JSONWriter) {
        writeSize(to: &json)
        tariffs.write(to: &json)
    }

    /// All but its tariffs.
    func writeSize(to json: inout JSONWriter) {
        json.field("id", id)
        json.field("name", name)
        json.field("capacity", capacity)
        json.field("seated", seated)
    }
}

extension Response {
    static func place(status: Int = 200, _ place: Place, _ rooms: [Room]) -> Response {
        .json(status) { json in json.object("place") { place.write(rooms, to: &$0) } }
    }

    static func room(status: Int = 200, _ room: Room) -> Response {
        .json(status) { json in json.object("room") { room.write(to: &$0) } }
    }
}

extension Connection {
    func place(_ id: PlaceID) throws -> Place? {
        try places("id = \(id)").first
    }

    /// Those that a condition is true of, with what may follow it.
    func places(_ condition: SQL) throws -> [Place] {
        let found = try rows("SELECT \(sql: Place.columns) FROM places WHERE \(sql: condition)") { try Place($0) }
        let tariffs = try tariffs(of: found.map(\.id))
        return found.map { place in
            var place = place
            place.tariffs = tariffs[place.id] ?? []
            return place
        }
    }

    /// All of them, by ascending id.
    func rooms(of place: PlaceID) throws -> [Room] {
        try rooms("place_id = \(place) ORDER BY id")
    }

    /// Those that a condition is true of, with what may follow it.
    func rooms(_ condition: SQL) throws -> [Room] {
        let found = try rows("SELECT \(sql: Room.columns) FROM rooms WHERE \(sql: condition)") { try Room($0) }
        let tariffs = try tariffs(of: found.map(\.id))
        return found.map { room in
            var room = room
            room.tariffs = tariffs[room.id] ?? []
            return room
        }
    }
}
