import SQLite
import Time
import TypedID

/// Takes the rows of a file one after the other into a transaction, which is undone if any of them has a fault: so each
/// is checked against what is there and against the rows before it alike.
struct ProgrammeImport {
    static let mostFaults = 1_000

    struct Line: Sendable {
        let place: String
        let session: SessionID
        let isNew: Bool
    }

    private(set) var lines: [Line] = []
    private(set) var faults: [ProgrammeFault] = []
    /// More than are told.
    private(set) var faultCount = 0

    private let names: ProgrammeNames
    private let now: Timestamp
    private let turnaround: Int64
    private let transaction: Transaction
    /// Which row named a session first.
    private var namedBy: [SessionID: String] = [:]

    init(_ names: ProgrammeNames, _ now: Timestamp, turnaround: Int64, _ transaction: Transaction) {
        self.names = names
        self.now = now
        self.turnaround = turnaround
        self.transaction = transaction
    }

    /// - Parameter id: for the session, if the row is a new one.
    mutating func take(_ row: ProgrammeRow, as id: SessionID) throws {
        var row = row
        if let line = try line(&row, id) {
            lines.append(line)
            namedBy[line.session] = row.place
        }
        faultCount += row.faults.count
        faults += row.faults.prefix(Self.mostFaults - faults.count)
    }

    private func line(_ row: inout ProgrammeRow, _ id: SessionID) throws -> Line? {
        let known = try knownByID(&row)
        let movie = names.movie(&row)
        let (room, zone) = names.room(&row)
        let start = row.start(in: zone)
        let (allocation, price) = (row.allocation(), row.price())
        guard let movie, let room, let start, row.faults.isEmpty else { return nil }
        if let session = try known ?? transaction.session(in: room.id, at: start) {
            return try compare(&row, session, movie.id, room.id, start, allocation, price)
        }
        if start <= now { row.refuse(.startsAt, "must be in the future") }
        if let allocation, allocation > room.capacity {
            row.refuse(.allocation, "is above the room's capacity of \(room.capacity)")
        }
        do {
            try transaction.checkRoom(room.id, isFreeAt: start, duration: movie.duration, turnaround: turnaround)
        } catch CatalogRefusal.sessionOverlaps(let other) {
            let which = namedBy[other].map { "the session of \($0)" } ?? "\(other)"
            row.refuse(.startsAt, "overlaps in its room with \(which), the time between two movies included")
        }
        guard row.faults.isEmpty else { return nil }
        try transaction.addSession(
            id, of: movie.id, in: room.id, of: room.place, at: start, allocation ?? room.capacity, price)
        return Line(place: row.place, session: id, isNew: true)
    }

    /// An id that is not known here, such as another database's, names nothing.
    private func knownByID(_ row: inout ProgrammeRow) throws -> KnownSession? {
        guard let text = row[.id] else { return nil }
        guard let id = SessionID(text) else {
            row.refuse(.id, "must be an id that begins with ses_, or empty")
            return nil
        }
        return try transaction.knownSession("id = \(id)")
    }

    /// What is there stays as it is: booking has to agree to a change. What a row leaves empty is not compared.
    private func compare(
        _ row: inout ProgrammeRow, _ session: KnownSession, _ movie: MovieID, _ room: RoomID, _ start: Timestamp,
        _ allocation: Int64?, _ price: Session.Price?
    ) throws -> Line? {
        if let first = namedBy[session.id] {
            row.refuse(nil, "It is the session of \(first) again.")
            return nil
        }
        let way = "of \(session.id) is another: change it with the API, where booking is asked"
        if movie != session.movie { row.refuse(.movie, way) }
        if room != session.room { row.refuse(.room, way) }
        if start != session.startsAt { row.refuse(.startsAt, way) }
        if let allocation, allocation != session.allocation { row.refuse(.allocation, way) }
        if let price, price != session.price { row.refuse(.priceAmount, way) }
        return row.faults.isEmpty ? Line(place: row.place, session: session.id, isNew: false) : nil
    }
}

/// A session that was there before a row of a file named it.
private struct KnownSession {
    let id: SessionID
    let movie: MovieID
    let room: RoomID
    let startsAt: Timestamp
    let allocation: Int64
    let price: Session.Price?
}

extension Connection {
    fileprivate func session(in room: RoomID, at start: Timestamp) throws -> KnownSession? {
        try knownSession("room_id = \(room) AND starts_at = \(start)")
    }

    fileprivate func knownSession(_ filter: SQL) throws -> KnownSession? {
        try first(
            """
            SELECT id, movie_id, room_id, starts_at, allocation,
                coalesce(
                    (SELECT amount FROM tariffs WHERE session_id = sessions.id ORDER BY position LIMIT 1), price_amount),
                coalesce(
                    (SELECT currency FROM tariffs WHERE session_id = sessions.id ORDER BY position LIMIT 1),
                    price_currency)
            FROM sessions
            WHERE \(sql: filter) ORDER BY id LIMIT 1
            """
        ) { row in
            let (amount, currency) = (try row.intOrNil(5), try row.textOrNil(6))
            return KnownSession(
                id: try row.value(0), movie: try row.value(1), room: try row.value(2), startsAt: try row.value(3),
                allocation: try row.int(4),
                price: amount.flatMap { amount in currency.map { Session.Price(amount: amount, currency: $0) } })
        }
    }
}
