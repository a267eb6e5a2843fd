import API
import TypedID

extension CatalogRefusal: APIRefusal {
    package var apiError: APIError {
        switch self {
        case .movieNotFound: APIError(404, "movie_not_found", "There is no such movie.")
        case .personNotFound: APIError(404, "person_not_found", "There is no such person.")
        case .placeNotFound: APIError(404, "place_not_found", "There is no such place.")
        case .roomNotFound: APIError(404, "room_not_found", "There is no such room in this place.")
        case .sessionNotFound: APIError(404, "session_not_found", "There is no such session.")
        case .periodBackwards: APIError(422, "range_invalid", "The from is after the to.")
        case .unknown(let fields):
            .invalid(fields.map { Fault(code: "\($0)_unknown", message: "The \($0) names something unknown.") })
        case .movieHasSessions(let session):
            APIError(409, "movie_has_sessions", "The movie has sessions, \(session) among them: delete those first.")
        case .personHasCredits(let movies):
            APIError(
                409, "person_has_credits",
                "The person is credited in movies, \(movies.map(\.description).joined(separator: ", ")) among them.")
        case .placeHasSessions(let session):
            APIError(409, "place_has_sessions", "The place has sessions, \(session) among them: delete those first.")
        case .sessionOverlaps(let session):
            APIError(409, "session_overlaps", "The room is taken by \(session), with the time between two movies.")
        case .allocationAboveCapacity(let capacity):
            APIError(422, "allocation_above_capacity", "The allocation is above the room's capacity of \(capacity).")
        case .severalRooms: APIError(422, "room_id_missing", "The place has several rooms: the room_id must be given.")
        case .priceIsNotOfTariffs:
            APIError(422, "price_invalid", "The price must be that of the first of the tariffs, or not be given.")
        case .severalTariffs:
            APIError(422, "price_invalid", "The session has several tariffs: give the tariffs instead of the price.")
        case .sessionChanging:
            APIError(409, "session_changing", "Another change of the session is at work. Try again shortly.")
        case .allocationBelowReserved(let message): APIError(409, "allocation_below_reserved", message)
        case .sessionHasBookings(let message): APIError(409, "session_has_bookings", message)
        case .roomHasSessions(let session):
            APIError(409, "room_has_sessions", "The room has sessions, \(session) among them: delete those first.")
        case .roomPlanInUse:
            APIError(
                409, "room_plan_in_use", "Seats of this plan may have been sold, so it stays: make another room.")
        case .capacityBelowAllocation(let session):
            APIError(409, "capacity_below_allocation", "The session \(session) sells more tickets than that.")
        case .lastRoom: APIError(409, "last_room", "A place has one room or more: delete the place instead.")
        case .tooManyRooms:
            APIError(409, "too_many_rooms", "The place has \(Room.mostInPlace) rooms, and may not have more.")
        }
    }
}
