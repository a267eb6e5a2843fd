import API

extension CatalogRefusal: APIRefusal {
    package var apiError: APIError {
        switch self {
        case .movieNotFound: APIError(404, "movie_not_found", "There is no such movie.")
        case .placeNotFound: APIError(404, "place_not_found", "There is no such place.")
        case .sessionNotFound: APIError(404, "session_not_found", "There is no such session.")
        case .periodBackwards: APIError(422, "range_invalid", "The from is after the to.")
        }
    }
}
