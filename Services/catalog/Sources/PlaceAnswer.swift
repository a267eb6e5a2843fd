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
        try first("SELECT \(sql: Place.columns) FROM places WHERE id = \(id)") { try Place($0) }
    }

    /// All of them, by ascending id.
    func rooms(of place: PlaceID) throws -> [Room] {
        try rows("SELECT \(sql: Room.columns) FROM rooms WHERE place_id = \(place) ORDER BY id") { try Room($0) }
    }
}
