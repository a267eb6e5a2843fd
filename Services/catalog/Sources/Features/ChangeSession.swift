import API
import Auth
import SQLite
import Time
import TypedID

extension CatalogService {
    /// `PATCH /v1/sessions/{session_id}` `{allocation, starts_at, price, tariffs}`: once booking has agreed. What is not
    /// named stays; an allocation of null is all of the room's capacity. A price without tariffs is that of the only
    /// one. Seats that are held or sold keep their price.
    func changeSession(_ request: Request, _ caller: Principal) async throws -> Response {
        var fields = Fields(request.body)
        let allocation = fields.change("allocation", clearable: true) { $0.allocation($1) }
        let now = clock.now()
        let startsAt = fields.change("starts_at") { $0.futureStart($1, after: now) }
        let price = fields.change("price", clearable: true) { fields, name in
            fields.object(name) { Session.Price(&$0) }
        }
        let tariffs = fields.changedTariffs()
        guard fields.faults.isEmpty else { throw fields.refusal }
        guard let id = SessionID(request.parameter("session_id")) else { throw CatalogRefusal.sessionNotFound }
        try await changes.one(of: id) {
            try await finishChange(of: id, request.trace)
            let changeID: SessionChangeID = ids.next()
            let change = try await database.write { [turnaround] transaction in
                try transaction.plan(changeID, id, allocation, startsAt, price, tariffs, turnaround: turnaround)
            }
            if let change { try await finish(change, request.trace) }
        }
        return .session(try database.read { try $0.session(id) }, at: clock.now())
    }
}

extension Transaction {
    /// Notes what booking is to be asked; nil where nothing would change.
    fileprivate func plan(
        _ changeID: SessionChangeID, _ id: SessionID, _ allocation: Change<Int64>, _ startsAt: Change<Timestamp>,
        _ price: Change<Session.Price>, _ tariffs: [Tariff]?, turnaround: Int64
    ) throws -> SessionChange? {
        let session = try session(id)
        let facts = try first(
            """
            SELECT r.capacity, m.duration FROM sessions s JOIN rooms r ON r.id = s.room_id
                JOIN movies m ON m.id = s.movie_id WHERE s.id = \(id)
            """
        ) { row in (capacity: try row.int(0), duration: try row.int(1)) }
        guard let facts else { throw CatalogRefusal.sessionNotFound }
        let changed = try session.tariffs(after: price, tariffs)
        let saysPrice = price != .keep || tariffs != nil
        let terms = SessionChange.Terms(
            startsAt: startsAt.applied(to: session.startsAt),
            allocation: allocation.applied(to: Optional(session.allocation)) ?? facts.capacity,
            price: changed.first?.price ?? (saysPrice ? nil : session.price), tariffs: changed)
        guard terms != SessionChange.Terms(of: session) else { return nil }
        guard terms.allocation <= facts.capacity else { throw CatalogRefusal.allocationAboveCapacity(facts.capacity) }
        if terms.startsAt != session.startsAt {
            try checkRoom(
                session.room.id, isFreeAt: terms.startsAt, duration: facts.duration, turnaround: turnaround, but: id)
        }
        let change = SessionChange(id: changeID, session: id, terms: terms)
        try note(change, in: session.room.id)
        return change
    }
}

extension Session {
    /// What its seats cost once its price is changed, which is that of the first tariff.
    /// - Parameter new: the tariffs that the change gives besides.
    /// - Throws: `priceIsNotOfTariffs`; `severalTariffs` where the price is changed alone, and is not all there is.
    fileprivate func tariffs(after price: Change<Price>, _ new: [Tariff]?) throws(CatalogRefusal) -> [Tariff] {
        let first = price.applied(to: (new ?? tariffs).first?.price)
        if let new {
            guard first == new.first?.price else { throw .priceIsNotOfTariffs }
            return new
        }
        guard first != tariffs.first?.price else { return tariffs }
        guard tariffs.count <= 1 else { throw .severalTariffs }
        let (name, condition) = tariffs.first.map { ($0.name, $0.condition) } ?? (Tariff.plain, "")
        return first.map { [Tariff(name: name, price: $0, condition: condition)] } ?? []
    }
}
