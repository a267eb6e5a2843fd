import JSON
import Time
import TypedID

/// What booking says of a session's seats, in an event or in an answer.
struct SeatNews: Sendable {
    /// How many are free.
    let free: Int64
    let asOf: Timestamp
    /// The number of the last event that is in it.
    let sequence: Int64
}

/// Something that happened in booking, as far as it matters here.
struct BookingEvent: Sendable {
    let session: SessionID
    let seats: SeatNews
    /// The terms it is sold at, in an event that says they may be others now.
    let terms: SoldTerms?
}

/// What booking sells a session at, but for its prices.
struct SoldTerms: Sendable {
    let startsAt: Timestamp
    let allocation: Int64
}

extension BookingEvent {
    /// Nil for anything but an event as the internal contract shows it. Whatever happened, what is free now is in it.
    init?(_ event: JSONValue) {
        guard let session = event["session"], let id = session["id"]?.stringValue.flatMap(SessionID.init),
            let seats = SeatNews(
                free: session["free"], asOf: event["occurred_at"], sequence: event["sequence"])
        else { return nil }
        self.init(session: id, seats: seats, terms: event["type"] == "session.changed" ? SoldTerms(session) : nil)
    }
}

extension SeatNews {
    init?(free: JSONValue?, asOf: JSONValue?, sequence: JSONValue?) {
        guard let free = free?.integerValue, free >= 0,
            let asOf = asOf?.stringValue.flatMap(Timestamp.init(rfc3339:)),
            let sequence = sequence?.integerValue, sequence >= 0
        else { return nil }
        self.init(free: free, asOf: asOf, sequence: sequence)
    }
}

extension SoldTerms {
    /// Nil for what is not sold any more: booking has closed the session, and none of it is on sale.
    fileprivate init?(_ session: JSONValue) {
        guard let startsAt = session["starts_at"]?.stringValue.flatMap(Timestamp.init(rfc3339:)),
            let allocation = session["allocation"]?.integerValue, allocation > 0
        else { return nil }
        self.init(startsAt: startsAt, allocation: allocation)
    }
}
