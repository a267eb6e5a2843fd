import API

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
        case .placeHasSessions(let session):
            APIError(409, "place_has_sessions", "The place has sessions, \(session) among them: delete those first.")
        case .tooManyRooms:
            APIError(409, "too_many_rooms", "The place has \(Room.mostInPlace) rooms, and may not have more.")
        }
    }
}
