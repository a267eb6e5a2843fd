import API
import SQLite
import TypedID

extension CatalogService {
    /// `POST /internal/v1/events` `{after, events}`: what happened in booking. Each event says what is free in its session
    /// after it, so the last one of each session is all there is to write. Where a session's terms are others there, as
    /// after one of the two was restored from a copy, these are what it is sold at, and they count here too.
    func takeEvents(_ request: Request) async throws -> Response {
        try await request.takeEvents(
            of: "booking", in: database, reading: BookingEvent.init, forgetting: { try $0.forgetSeats($1, taken: $2) }
        ) { transaction, events in
            for event in events {
                if let terms = event.terms { try transaction.adopt(terms, of: event.session, event.seats.sequence) }
            }
            let last = Dictionary(events.map { ($0.session, $0.seats) }, uniquingKeysWith: { _, later in later })
            for (session, seats) in last { try transaction.write(seats, of: session) }
        }
    }
}

extension Transaction {
    /// What was told of seats and never happened is not known any more. What booking tells next is whole: every session
    /// that it knows is in it.
    fileprivate func forgetSeats(_ lost: LostNumbers, taken: Int64) throws -> Int64 {
        try execute(
            """
            UPDATE sessions SET free = NULL, free_as_of = NULL, free_sequence = NULL
            WHERE free_sequence BETWEEN \(lost.first) AND \(lost.last)
            """)
        return lost.contains(taken) ? lost.first - 1 : taken
    }

    /// Takes over the terms that booking sells a session at, unless newer ones are known, or are being asked for.
    fileprivate func adopt(_ terms: SoldTerms, of session: SessionID, _ sequence: Int64) throws {
        try execute(
            """
            UPDATE sessions SET starts_at = \(terms.startsAt), allocation = \(terms.allocation)
            WHERE id = \(session) AND (free_sequence IS NULL OR free_sequence < \(sequence))
                AND (starts_at <> \(terms.startsAt) OR allocation <> \(terms.allocation))
                AND NOT EXISTS (SELECT 1 FROM session_changes WHERE session_id = sessions.id)
            """)
    }

    /// Writes down what booking says is free, unless what is written is newer. A session that is gone stays gone.
    func write(_ seats: SeatNews, of session: SessionID) throws {
        try execute(
            """
            UPDATE sessions SET free = \(seats.free), free_as_of = \(seats.asOf), free_sequence = \(seats.sequence)
            WHERE id = \(session) AND (free_sequence IS NULL OR free_sequence < \(seats.sequence))
            """)
    }
}
