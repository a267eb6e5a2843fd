import API
import Auth
import JSON
import SQLite
import TypedID

extension CatalogService {
    /// `PATCH /v1/places/{place_id}` `{name, address, city, time_zone, turnaround_minutes, tariffs}`: what is not named
    /// stays. Another turnaround, and other tariffs, are for sessions that are added or moved from now on.
    func changePlace(_ request: Request, _ caller: Principal) async throws -> Response {
        var fields = Fields(request.body)
        let name = fields.change("name", PlaceFields.name)
        let address = fields.change("address", PlaceFields.address)
        let city = fields.change("city", PlaceFields.name)
        let timeZone = fields.change("time_zone", PlaceFields.timeZone)
        let turnaround = fields.change("turnaround_minutes", clearable: true, PlaceFields.turnaround)
        let tariffs = fields.changedTariffs()
        guard fields.faults.isEmpty else { throw fields.refusal }
        let path = request.parameter("place_id")
        return try await request.decide(in: database) { transaction in
            guard let id = PlaceID(path), let place = try transaction.place(id) else {
                throw CatalogRefusal.placeNotFound
            }
            let changed = Place(
                id: id, name: name.applied(to: place.name), address: address.applied(to: place.address),
                city: city.applied(to: place.city), timeZone: timeZone.applied(to: place.timeZone),
                turnaround: turnaround.applied(to: place.turnaround), tariffs: tariffs ?? place.tariffs)
            try transaction.execute(
                """
                UPDATE places SET name = \(changed.name), address = \(changed.address), city = \(changed.city),
                    time_zone = \(changed.timeZone), turnaround_minutes = \(changed.turnaround)
                WHERE id = \(id)
                """)
            try transaction.foldCities()
            if let tariffs { try transaction.setTariffs(tariffs, of: id) }
            return .place(changed, try transaction.rooms(of: id))
        }
    }
}
