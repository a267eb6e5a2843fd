/// Each operation of the public API, and once more where a case of it differs: who serves it, what it is answered when all
/// is well, who asks, and what its service asks of a neighbour. `catalog:1000` is asked for up to 1,000 milliseconds, and
/// it cannot be done without; with `catalog?250` it can.
///
/// `{booking_id=sold}` is a path's parameter and what of the preparation stands for it, `$sold` the same in a body.
let degradedRows = #"""
    service   well caller  needs        request

    identity  201  nobody  -            POST /v1/auth/signup {"email":"$number@degraded.example","password":"$password"}
    identity  200  nobody  -            POST /v1/auth/signin {"email":"$email","password":"$password"}
    identity  200  staff   -            GET /v1/auth/me
    identity  204  account -            POST /v1/auth/password {"current_password":"$password","new_password":"$another"}
    identity  200  nobody  -            GET /.well-known/jwks.json
    identity  200  admin   -            GET /v1/users?email=$email
    identity  200  admin   -            GET /v1/users/{user_id}
    identity  200  admin   -            PATCH /v1/users/{user_id} {"role":"customer"}

    catalog   200  nobody  -            GET /v1/movies
    catalog   201  admin   -            POST /v1/movies {"title":"Nana","duration":150}
    catalog   200  nobody  -            GET /v1/movies/{movie_id}
    catalog   200  admin   -            PATCH /v1/movies/{movie_id} {"description":"As seen $number times."}
    catalog   204  admin   -            DELETE /v1/movies/{movie_id=spareMovie}
    catalog   200  nobody  -            GET /v1/movies/{movie_id}/places
    catalog   200  nobody  -            GET /v1/movies/{movie_id}/places/{place_id}/sessions
    catalog   200  staff   -            POST /v1/movies/{movie_id}/rate {"value":4}
    catalog   200  nobody  -            GET /v1/people
    catalog   201  admin   -            POST /v1/people {"name":"Catherine Hessling"}
    catalog   200  nobody  -            GET /v1/people/{person_id}
    catalog   200  admin   -            PATCH /v1/people/{person_id} {"name":"Camille Durand $number"}
    catalog   204  admin   -            DELETE /v1/people/{person_id=sparePerson}
    catalog   200  nobody  -            GET /v1/places
    catalog   201  admin   -            POST /v1/places $place
    catalog   200  nobody  -            GET /v1/places/{place_id}
    catalog   200  admin   -            PATCH /v1/places/{place_id} {"address":"$number rue du Test, 75001 Paris"}
    catalog   204  admin   -            DELETE /v1/places/{place_id=sparePlace}
    catalog   200  nobody  -            GET /v1/places/{place_id}/rooms
    catalog   201  admin   -            POST /v1/places/{place_id=venue}/rooms {"name":"Salle 3","capacity":80}
    catalog   200  nobody  -            GET /v1/places/{place_id}/rooms/{room_id}
    catalog   200  admin   -            PATCH /v1/places/{place_id}/rooms/{room_id} {"name":"Salle 1, $number"}
    catalog   204  admin   -            DELETE /v1/places/{place_id=venue}/rooms/{room_id=spareRoom}
    catalog   200  nobody  -            GET /v1/sessions
    catalog   201  admin   -            POST /v1/sessions $session
    catalog   200  nobody  -            GET /v1/sessions/{session_id}
    catalog   200  admin   booking:2000 PATCH /v1/sessions/{session_id=toChange} {"allocation":9000}
    catalog   204  admin   booking:2000 DELETE /v1/sessions/{session_id=toDelete}

    booking   200  nobody  -            GET /v1/sessions/{session_id}/seats
    booking   201  staff   -            POST /v1/sessions/{session_id}/book
    booking   201  staff   catalog:1000 POST /v1/sessions/{session_id=unmet}/book # the first of a session
    booking   200  staff   -            POST /v1/bookings/{booking_id=open}/reserve {"seats":2}
    booking   200  staff   -            POST /v1/bookings/{booking_id=reserved}/confirm
    booking   200  staff   -            POST /v1/bookings/{booking_id=unpaid}/confirm $payment # paid through the provider
    booking   200  staff   -            GET /v1/bookings/{booking_id=paid}/payment
    booking   200  stripe  -            POST /v1/payments/stripe/webhook $event
    booking   200  staff   -            POST /v1/bookings/{booking_id=unwanted}/cancel
    booking   200  admin   -            POST /v1/bookings/{booking_id=returned}/refund {"reason":"rain"}
    booking   200  admin   -            POST /v1/bookings/{booking_id=repaid}/refund {"reason":"rain"} # with money
    booking   200  staff   catalog?250  GET /v1/bookings # names a minute old
    booking   200  admin   catalog?250  GET /v1/bookings?scope=all # everybody's, names a minute old
    booking   200  staff   catalog?250  GET /v1/bookings/{booking_id=sold} # names a minute old
    booking   200  admin   -            GET /v1/bookings/{booking_id=sold}/audit
    booking   200  staff   catalog?250  GET /v1/bookings/{booking_id=sold}/tickets
    booking   200  staff   catalog?250  GET /v1/bookings/{booking_id=sold}/tickets.pdf
    booking   200  staff   catalog?250  GET /v1/bookings/{booking_id=sold}/tickets/{ticket_id=toDraw}.svg
    booking   200  staff   catalog?250  POST /v1/bookings/{booking_id=sold}/tickets/{ticket_id=toReissue}/reissue
    booking   201  staff   -            POST /v1/check-ins {"token":"$toScan","session_id":"$session_id"}
    booking   200  staff   -            POST /v1/check-ins/offline $scans
    booking   200  staff   -            GET /v1/sessions/{session_id}/door
    booking   200  staff   -            GET /v1/sessions/{session_id}/door/conflicts

    analytics 204  nobody  -            POST /v1/analytics/track $page
    analytics 204  staff   -            POST /v1/analytics/track $page # with a token
    analytics 200  admin   -            GET /v1/analytics/events
    analytics 200  admin   -            GET /v1/analytics/pages?group_by=path
    analytics 200  admin   -            GET /v1/analytics/funnel
    analytics 200  admin   -            GET /v1/analytics/reservations?group_by=movie
    """#
