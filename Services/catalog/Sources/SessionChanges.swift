import API
import EventLoop
import SQLite
import Synchronization
import Telemetry
import Time
import TypedID

package enum SessionChangeTag: IDTag { package static let prefix: StaticString = "chg" }
typealias SessionChangeID = TypedID<SessionChangeTag>

/// What booking is asked about a session.
struct SessionChange: Sendable {
    struct Terms: Sendable, Equatable {
        let startsAt: Timestamp
        let allocation: Int64
        let price: Session.Price?
        let tariffs: [Tariff]
    }

    let id: SessionChangeID
    let session: SessionID
    /// Nil where the session is to be closed and deleted.
    let terms: Terms?
}

extension SessionChange.Terms {
    init(of session: Session) {
        self.init(
            startsAt: session.startsAt, allocation: session.allocation, price: session.price, tariffs: session.tariffs)
    }
}

/// One change of a session after the other: two at once could reach booking in one order and the file in the other.
final class SessionChanges: Sendable {
    private let busy = Mutex<Set<SessionID>>([])

    /// - Throws: `sessionChanging` while another one is at work.
    func one(of session: SessionID, _ body: () async throws -> Void) async throws {
        guard busy.withLock({ $0.insert(session).inserted }) else { throw CatalogRefusal.sessionChanging }
        defer { _ = busy.withLock { $0.remove(session) } }
        try await body()
    }
}

extension Transaction {
    /// Writes down what booking is going to be asked, before it is.
    func note(_ change: SessionChange, in room: RoomID) throws {
        try execute(
            """
            INSERT INTO session_changes (id, session_id, room_id, starts_at, allocation, price_amount, price_currency)
            VALUES (\(change.id), \(change.session), \(room), \(change.terms?.startsAt), \(change.terms?.allocation),
                \(change.terms?.price?.amount), \(change.terms?.price?.currency))
            """)
        try setTariffs(change.terms?.tariffs ?? [], of: change.id)
    }

    /// Writes down what booking has agreed to.
    fileprivate func apply(_ change: SessionChange, _ seats: SeatNews? = nil) throws {
        if let terms = change.terms {
            try execute(
                """
                UPDATE sessions SET starts_at = \(terms.startsAt), allocation = \(terms.allocation),
                    price_amount = \(terms.price?.amount), price_currency = \(terms.price?.currency)
                WHERE id = \(change.session)
                """)
            try setTariffs(terms.tariffs, of: change.session)
            if let seats { try write(seats, of: change.session) }
            try forget(change)
        } else {
            // What was noted goes with it.
            try execute("DELETE FROM sessions WHERE id = \(change.session)")
        }
    }

    fileprivate func forget(_ change: SessionChange) throws {
        try execute("DELETE FROM session_changes WHERE id = \(change.id)")
    }
}

extension Connection {
    fileprivate func changes(_ filter: SQL) throws -> [SessionChange] {
        try rows(
            """
            SELECT id, session_id, starts_at, allocation, price_amount, price_currency FROM session_changes
            WHERE \(sql: filter)
            """
        ) { row in
            let id = try row.value(0, as: SessionChangeID.self)
            let (startsAt, allocation) = (try row.valueOrNil(2, as: Timestamp.self), try row.intOrNil(3))
            let (amount, currency) = (try row.intOrNil(4), try row.textOrNil(5))
            let price = amount.flatMap { amount in currency.map { Session.Price(amount: amount, currency: $0) } }
            let tariffs = try tariffs(of: id)
            let terms = startsAt.flatMap { start in
                allocation.map { SessionChange.Terms(startsAt: start, allocation: $0, price: price, tariffs: tariffs) }
            }
            return SessionChange(id: id, session: try row.value(1), terms: terms)
        }
    }
}

extension CatalogService {
    private static let pauseMilliseconds: Int64 = 1_000

    /// Asks booking for a change that is noted, and writes its answer down. Without an answer the note stays: it may be
    /// done there, so it is asked again until it is known.
    /// - Throws: what booking refuses; `NeighbourError` without an answer.
    func finish(_ change: SessionChange, _ trace: TraceContext) async throws {
        let answer: Booking.Answer
        if change.terms == nil {
            answer = try await booking.close(change.session, trace)
        } else {
            let session = try database.read { try $0.describe(change.session, with: change.terms) }
            guard let session else { throw CatalogRefusal.sessionNotFound }
            answer = try await booking.setTerms(of: change.session, session.body, trace)
        }
        switch answer {
        case .agreed(let seats):
            try await database.write { try $0.apply(change, seats) }
        case .refused(let code, let message):
            try await database.write { try $0.forget(change) }
            throw CatalogRefusal(booking: code, message)
        case .closed:
            // It can never sell again, so it must not be shown: an end that was begun once is finished.
            try await database.write { try $0.apply(SessionChange(id: change.id, session: change.session, terms: nil)) }
            if change.terms != nil { throw CatalogRefusal.sessionNotFound }
        }
    }

    /// Finishes what an earlier attempt, or an earlier process, has left of a session. A refusal ends it, too.
    func finishChange(of session: SessionID, _ trace: TraceContext) async throws {
        for change in try database.read({ try $0.changes("session_id = \(session)") }) {
            do { try await finish(change, trace) } catch is CatalogRefusal {}
        }
    }

    /// Reads what has not been read of movies and places, and finishes what was left of all sessions, again and again.
    package func work() async {
        repeat {
            await readWords()
            await foldCities()
            let left = (try? database.read { try $0.changes("id > 0 ORDER BY id LIMIT 100") }) ?? []
            for change in left where !Task.isCancelled {
                try? await changes.one(of: change.session) {
                    try await finishChange(of: change.session, TraceContext())
                }
            }
        } while (try? await loop.sleep(milliseconds: Self.pauseMilliseconds)) != nil
    }
}

extension CatalogRefusal {
    fileprivate init(booking code: String, _ message: String) {
        self = code == "allocation_below_reserved" ? .allocationBelowReserved(message) : .sessionHasBookings(message)
    }
}
