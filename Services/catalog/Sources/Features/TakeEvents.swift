import API
import SQLite
import TypedID

extension CatalogService {
    /// `POST /internal/v1/events` `{after, events}`: what happened in booking. Each event says what is free in its session
    /// after it, so the last one of each session is all there is to write.
    func takeEvents(_ request: Request) async throws -> Response {
        try await request.takeEvents(of: "booking", in: database, reading: BookingEvent.init) { transaction, events in
            let last = Dictionary(events.map { ($0.session, $0.seats) }, uniquingKeysWith: { _, later in later })
            for (session, seats) in last { try transaction.write(seats, of: session) }
        }
    }
}

extension Transaction {
    /// Writes down what booking says is free, unless what is written is newer. A session that is gone stays gone.
    func write(_ seats: SeatNews, of session: SessionID) throws {
        try execute(
            """
            UPDATE sessions SET free = \(seats.free), free_as_of = \(seats.asOf), free_sequence = \(seats.sequence)
            WHERE id = \(session) AND (free_sequence IS NULL OR free_sequence < \(seats.sequence))
            """)
    }
}
