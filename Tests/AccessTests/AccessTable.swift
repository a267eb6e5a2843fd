/// Who may do what: each route of the four services, once, and once more where a query asks for more.
///
/// The owner is the customer whose booking the path names, or any customer where nothing is anybody's; all others ask about
/// the same booking, which holds a seat. Whoever is let in is answered by the use case: what stands in the last column is
/// good enough for that, be it a query or a body.
let publicAccess = """
    service    method  route                                               nobody owner another staff admin

    identity   POST    /v1/auth/signup                                     422    422   422     422   422    {}
    identity   POST    /v1/auth/signin                                     422    422   422     422   422    {}
    identity   GET     /v1/auth/me                                         401    200   200     200   200
    identity   POST    /v1/auth/password                                   401    422   422     422   422    {}
    identity   GET     /.well-known/jwks.json                              200    200   200     200   200
    identity   GET     /v1/users                                           401    403   403     403   200    ?email=staff@marquee.example
    identity   GET     /v1/users/{user_id}                                 401    403   403     403   200
    identity   PATCH   /v1/users/{user_id}                                 401    403   403     403   200    {"role":"customer"}

    catalog    GET     /v1/movies                                          200    200   200     200   200
    catalog    POST    /v1/movies                                          401    403   403     403   422    {}
    catalog    GET     /v1/movies/{movie_id}                               200    200   200     200   200
    catalog    PATCH   /v1/movies/{movie_id}                               401    403   403     403   200    {}
    catalog    DELETE  /v1/movies/{movie_id}                               401    403   403     403   409
    catalog    GET     /v1/movies/{movie_id}/places                        200    200   200     200   200
    catalog    GET     /v1/movies/{movie_id}/places/{place_id}/sessions    200    200   200     200   200
    catalog    POST    /v1/movies/{movie_id}/rate                          401    201   201     201   201    {"value":3}
    catalog    GET     /v1/people                                          200    200   200     200   200
    catalog    POST    /v1/people                                          401    403   403     403   422    {}
    catalog    GET     /v1/people/{person_id}                              200    200   200     200   200
    catalog    PATCH   /v1/people/{person_id}                              401    403   403     403   200    {}
    catalog    DELETE  /v1/people/{person_id}                              401    403   403     403   409
    catalog    GET     /v1/places                                          200    200   200     200   200
    catalog    POST    /v1/places                                          401    403   403     403   422    {}
    catalog    GET     /v1/places/{place_id}                               200    200   200     200   200
    catalog    PATCH   /v1/places/{place_id}                               401    403   403     403   200    {}
    catalog    DELETE  /v1/places/{place_id}                               401    403   403     403   409
    catalog    GET     /v1/places/{place_id}/rooms                         200    200   200     200   200
    catalog    POST    /v1/places/{place_id}/rooms                         401    403   403     403   422    {}
    catalog    GET     /v1/places/{place_id}/rooms/{room_id}               200    200   200     200   200
    catalog    PATCH   /v1/places/{place_id}/rooms/{room_id}               401    403   403     403   200    {}
    catalog    DELETE  /v1/places/{place_id}/rooms/{room_id}               401    403   403     403   409
    catalog    GET     /v1/sessions                                        200    200   200     200   200
    catalog    POST    /v1/sessions                                        401    403   403     403   422    {}
    catalog    GET     /v1/sessions/{session_id}                           200    200   200     200   200
    catalog    PATCH   /v1/sessions/{session_id}                           401    403   403     403   200    {}
    catalog    DELETE  /v1/sessions/{session_id}                           401    403   403     403   409

    booking    GET     /v1/sessions/{session_id}/seats                     200    200   200     200   200
    booking    POST    /v1/sessions/{session_id}/book                      401    201   201     201   201
    booking    POST    /v1/bookings/{booking_id}/reserve                   401    200   404     404   404    {"seats":2}
    booking    POST    /v1/bookings/{booking_id}/confirm                   401    200   404     404   404
    booking    POST    /v1/bookings/{booking_id}/cancel                    401    200   404     404   200    {"reason":"rain"}
    booking    POST    /v1/bookings/{booking_id}/refund                    401    403   403     403   409    {"reason":"rain"}
    booking    GET     /v1/bookings                                        401    200   200     200   200
    booking    GET     /v1/bookings                                        401    403   403     403   200    ?scope=all
    booking    GET     /v1/bookings/{booking_id}                           401    200   404     200   200
    booking    GET     /v1/bookings/{booking_id}/audit                     401    403   403     403   200
    booking    GET     /v1/bookings/{booking_id}/payment                   401    404   404     404   404
    booking    POST    /v1/payments/stripe/webhook                         404    404   404     404   404    {}
    booking    GET     /v1/bookings/{booking_id}/tickets                   401    409   404     409   409
    booking    GET     /v1/bookings/{booking_id}/tickets.pdf               401    409   404     409   409
    booking    GET     /v1/bookings/{booking_id}/tickets/{ticket_id}.svg   401    409   404     409   409
    booking    POST    /v1/bookings/{booking_id}/tickets/{ticket_id}/reissue 401  409   404     409   409
    booking    POST    /v1/check-ins                                       401    403   403     422   422    {}
    booking    POST    /v1/check-ins/offline                               401    403   403     422   422    {}
    booking    GET     /v1/sessions/{session_id}/door                      401    403   403     200   200
    booking    GET     /v1/sessions/{session_id}/door/conflicts            401    403   403     200   200

    analytics  POST    /v1/analytics/track                                 204    204   204     204   204    \(event)
    analytics  GET     /v1/analytics/events                                401    403   403     403   200
    analytics  GET     /v1/analytics/pages                                 401    403   403     403   200    ?group_by=path
    analytics  GET     /v1/analytics/funnel                                401    403   403     403   200
    analytics  GET     /v1/analytics/reservations                          401    403   403     403   200    ?group_by=movie
    """

/// For other services alone, which share a credential; it is no token, and a token is no credential.
let internalAccess = """
    service    method  route                                               nobody admin service

    identity   GET     /internal/v1/jwks.json                              401    401   200
    identity   PUT     /internal/v1/keys/{kid}                             401    401   422    {}
    identity   GET     /internal/v1/users/{user_id}                        401    401   200
    catalog    GET     /internal/v1/sessions                               401    401   200    ?ids=ses_9
    catalog    GET     /internal/v1/sessions/{session_id}                  401    401   200
    catalog    POST    /internal/v1/events                                 401    401   422    {}
    booking    PUT     /internal/v1/sessions/{session_id}                  401    401   422    {}
    booking    DELETE  /internal/v1/sessions/{session_id}                  401    401   409
    analytics  POST    /internal/v1/events                                 401    401   422    {}
    """

private let event = #"{"tracking_id":"t","type":"page_enter","page":{"scheme":"https","path":"/","query":{}}}"#

/// One line of the table.
struct Access: Sendable {
    let service: String
    let method: String
    let route: String
    /// A status for each of those who ask.
    let statuses: [Int]
    let query: String
    let body: String?

    /// The lines of a table, but for its head.
    /// - Parameter callers: how many there are.
    static func lines(of table: String, callers: Int) -> [Access] {
        table.split(separator: "\n").dropFirst().map { line in
            let words = line.split(separator: " ", maxSplits: 3 + callers, omittingEmptySubsequences: true)
            let rest = words.count > 3 + callers ? words[3 + callers].trimmed : ""
            return Access(
                service: String(words[0]), method: String(words[1]), route: String(words[2]),
                statuses: words[3..<3 + callers].map { Int($0) ?? 0 }, query: rest.hasPrefix("?") ? rest : "",
                body: rest.hasPrefix("{") ? rest : nil)
        }
    }

    var title: String { "\(service) \(method) \(route)" }

    /// With another status for one of those who ask.
    func mistaken(at index: Int) -> Access {
        var statuses = statuses
        statuses[index] = statuses[index] == 200 ? 404 : 200
        return Access(service: service, method: method, route: route, statuses: statuses, query: query, body: body)
    }
}

extension Substring {
    fileprivate var trimmed: String { String(drop { $0 == " " }) }
}
