import API
import Auth
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `POST /v1/places` `{name, address, city, time_zone, turnaround_minutes, tariffs, capacity}`: with its one room of
    /// that capacity, 100 if it is not given, which is named after the place.
    func createPlace(_ request: Request, _ caller: Principal) async throws -> Response {
        var fields = Fields(request.body)
        let name = PlaceFields.name(&fields, "name")
        let address = PlaceFields.address(&fields, "address")
        let city = PlaceFields.name(&fields, "city")
        let timeZone = PlaceFields.timeZone(&fields, "time_zone")
        let turnaround = PlaceFields.turnaround(&fields, "turnaround_minutes")
        let tariffs = fields.tariffs("tariffs") ?? []
        let capacity = PlaceFields.capacity(&fields, required: false) ?? 100
        guard let name, let address, let city, let timeZone, fields.faults.isEmpty else { throw fields.refusal }
        let place = Place(
            id: ids.next(), name: name, address: address, city: city, timeZone: timeZone, turnaround: turnaround,
            tariffs: tariffs)
        let room = Room(id: ids.next(), name: name, capacity: capacity, seated: false)
        return try await request.decide(in: database) { transaction in
            try transaction.execute(
                """
                INSERT INTO places (id, name, address, city, time_zone, turnaround_minutes)
                VALUES (\(place.id), \(name), \(address), \(city), \(timeZone), \(turnaround))
                """)
            try transaction.foldCities()
            try transaction.setTariffs(tariffs, of: place.id)
            try transaction.add(room, to: place.id)
            return .place(status: 201, place, [room])
        }
    }
}

extension Transaction {
    func add(_ room: Room, to place: PlaceID) throws {
        try execute(
            """
            INSERT INTO rooms (id, place_id, name, capacity, seated)
            VALUES (\(room.id), \(place), \(room.name), \(room.capacity), \(room.seated ? 1 as Int64 : 0))
            """)
        try setTariffs(room.tariffs, of: room.id)
    }
}
