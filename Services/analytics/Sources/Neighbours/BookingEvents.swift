import JSON
import Time
import TypedID

/// Something that happened in booking, as far as it is counted here.
struct BookingEvent: Sendable {
    let occurredAt: Timestamp
    let session: BookedSession
    /// Nil for what happened to the session itself, and for what a later booking may tell that is not known here.
    let booking: BookingNews?
}

struct BookedSession: Sendable {
    let id: SessionID
    let startsAt: Timestamp
    let allocation: Int64
    let movieID: MovieID
    let placeID: PlaceID
    let timeZone: String
}

struct BookingNews: Sendable {
    enum State: String, Sendable { case open, confirmed, expired, cancelled }

    let id: BookingID
    let state: State
    let seats: Int64
    /// Whether it has, or had, seats.
    let isReserved: Bool
    /// Whether it is, or was, confirmed.
    let isConfirmed: Bool
}

extension BookingEvent {
    /// Nil for anything but an event as the internal contract shows it.
    init?(_ event: JSONValue) {
        guard let type = event["type"]?.stringValue,
            let occurredAt = event["occurred_at"]?.stringValue.flatMap(Timestamp.init(rfc3339:)),
            let session = BookedSession(event["session"])
        else { return nil }
        let state = BookingNews.State(eventType: type)
        let booking = state.flatMap { BookingNews(event["booking"], $0, type) }
        guard state == nil || booking != nil else { return nil }
        self.init(occurredAt: occurredAt, session: session, booking: booking)
    }
}

extension BookedSession {
    fileprivate init?(_ session: JSONValue?) {
        guard let session, let id = session["id"]?.stringValue.flatMap(SessionID.init),
            let startsAt = session["starts_at"]?.stringValue.flatMap(Timestamp.init(rfc3339:)),
            let allocation = session["allocation"]?.integerValue, allocation >= 0,
            let movieID = session["movie_id"]?.stringValue.flatMap(MovieID.init),
            let placeID = session["place_id"]?.stringValue.flatMap(PlaceID.init),
            let timeZone = session["time_zone"]?.stringValue
        else { return nil }
        self.init(
            id: id, startsAt: startsAt, allocation: allocation, movieID: movieID, placeID: placeID, timeZone: timeZone)
    }
}

extension BookingNews {
    fileprivate init?(_ booking: JSONValue?, _ state: State, _ eventType: String) {
        guard let id = booking?["id"]?.stringValue.flatMap(BookingID.init),
            let seats = booking?["seats"]?.integerValue, seats >= 0
        else { return nil }
        // What was refunded had been confirmed; what ends tells the seats that it had last.
        let isConfirmed = state == .confirmed || eventType == "booking.refunded"
        self.init(id: id, state: state, seats: seats, isReserved: seats > 0 || isConfirmed, isConfirmed: isConfirmed)
    }
}

extension BookingNews.State {
    /// What a booking is after an event of that type.
    fileprivate init?(eventType: String) {
        switch eventType {
        case "booking.opened", "seats.reserved": self = .open
        // Of a confirmed booking some seats may be given back; it stays confirmed with the others.
        case "booking.confirmed", "seats.refunded": self = .confirmed
        case "booking.expired": self = .expired
        case "booking.cancelled", "booking.refunded": self = .cancelled
        default: return nil
        }
    }
}
