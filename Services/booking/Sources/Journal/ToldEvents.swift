import JSON
import SQLite
import Time
import TypedID

/// What an event says, besides of which session: as its row has it, whoever wrote that.
struct Telling: Hashable, Sendable, CustomStringConvertible {
    let type: String
    let booking: BookingID?
    let seats: Int64
    let free: Int64
    let at: Timestamp

    var description: String {
        let whose = booking.map { " of \($0), which has \(seats) seats" } ?? ""
        return "\(type)\(whose), \(free) are free, \(at.rawValue)"
    }
}

/// What the log for followers may say of one session, as it follows from the journal: what happened, once it did, and how
/// things stand, at any time. What is as old as anything that was deleted may be deleted, too.
struct ToldEvents {
    /// How a booking stands from an entry on.
    private struct Standing {
        let index: Int
        let seats: Int64
        let type: EventType
        let createdAt: Timestamp
    }

    private struct Entry {
        let number: Int64
        let telling: Telling?
        /// Of the session, after it.
        let free: Int64?
    }

    struct Unfounded {
        let sequence: Int64
        let telling: Telling
    }

    private var entries: [Entry] = []
    private var indices: [Telling: [Int]] = [:]
    private var standings: [BookingID: [Standing]] = [:]

    /// Numbers of entries that no event tells, though none is deleted that did.
    private(set) var untold: [Int64] = []
    /// Events that the journal does not have.
    private(set) var unfounded: [Unfounded] = []
    /// The first event that is of an entry.
    private(set) var firstFounded: Int64?

    /// - Parameter books: as they are after the entry.
    mutating func note(_ number: Int64, _ entry: JournalEntry, at time: Timestamp, _ books: SessionBooks) {
        let index = entries.count
        let standing = entry.booking.flatMap { books.standing(of: $0) }
        if let booking = entry.booking, let standing {
            standings[booking, default: []].append(
                Standing(index: index, seats: standing.seats, type: standing.type, createdAt: standing.createdAt))
        }
        let telling = entry.event.map { type in
            Telling(
                type: type.rawValue, booking: entry.booking, seats: standing?.seats ?? 0, free: books.free ?? 0,
                at: time)
        }
        if let telling { indices[telling, default: []].append(index) }
        entries.append(Entry(number: number, telling: telling, free: books.free))
    }

    /// - Parameters:
    ///   - events: in the order of the log.
    ///   - time: later ones are kept; nil where all are.
    mutating func compare(_ events: [(sequence: Int64, telling: Telling)], trimmedUntil time: Timestamp?) {
        var counts: [Telling: Int] = [:]
        for event in events { counts[event.telling, default: 0] += 1 }
        for entry in entries {
            guard let telling = entry.telling else { continue }
            counts[telling, default: 0] -= 1
            let isKept = time.map { telling.at > $0 } ?? true
            if isKept, counts[telling, default: 0] < 0 { untold.append(entry.number) }
        }
        // The last entry that was told so far, or that what was told so far agrees with.
        var last = -1
        for (sequence, telling) in events {
            let match = indices[telling]?.first { $0 > last }
            if let match, match == (last + 1..<entries.count).first(where: { entries[$0].telling != nil }) {
                last = match
            } else if agrees(telling, at: last) {
                continue
            } else if let match {
                // What comes before it is deleted, or was missed above.
                last = match
            } else if let later = (last + 1..<entries.count).first(where: { agrees(telling, at: $0) }) {
                last = later
                continue
            } else {
                unfounded.append(Unfounded(sequence: sequence, telling: telling))
                continue
            }
            if firstFounded == nil { firstFounded = sequence }
        }
    }

    /// Whether it says how things stood after an entry: what `retell` and `tellChange` write.
    private func agrees(_ telling: Telling, at index: Int) -> Bool {
        guard index >= 0, let free = entries[index].free, free == telling.free else { return false }
        guard let booking = telling.booking else {
            return telling.type == EventType.sessionChanged.rawValue && telling.seats == 0
        }
        guard let standing = standings[booking]?.last(where: { $0.index <= index }) else { return false }
        let isBeginning = telling.type == EventType.opened.rawValue && telling.at == standing.createdAt
        return telling.seats == standing.seats && (isBeginning || telling.type == standing.type.rawValue)
    }
}

extension JournalEntry {
    /// Whose it is; nil for one of a session's own.
    var booking: BookingID? {
        switch self {
        case .met, .changed, .closed, .restored: nil
        case .standing(let rows): rows.lazy.compactMap(\.booking).first
        case .opened(let id, _, _), .reserved(let id, _, _), .confirmed(let id, _), .cancelled(let id),
            .expired(let id), .refunded(let id), .ticketsRefunded(let id, _), .reissued(let id, _, _):
            id
        }
    }
}

extension SessionBooks {
    /// Nil before it was met.
    var free: Int64? { allocation.map { $0 &- held &- sold } }

    /// How events say that a booking stands.
    func standing(of id: BookingID) -> (seats: Int64, type: EventType, createdAt: Timestamp)? {
        guard let row = row(of: id) else { return nil }
        func happened(_ column: String) -> Bool { row[column]?.integerValue != nil }
        let type: EventType =
            if happened("refunded_at") {
                .refunded
            } else if happened("cancelled_at") {
                .cancelled
            } else if happened("confirmed_at") {
                .confirmed
            } else {
                happened("expired_at") ? .expired : .reserved
            }
        return (reservedSeats(of: id), type, Timestamp(rawValue: row["created_at"]?.integerValue ?? 0))
    }
}

extension Connection {
    /// The numbers of each session's events, in their order.
    func numbersOfEvents() throws -> [SessionID: [Int64]] {
        var numbers: [SessionID: [Int64]] = [:]
        try forEach("SELECT sequence, session_id FROM events ORDER BY sequence") { row in
            numbers[try row.value(1, as: SessionID.self), default: []].append(try row.int(0))
        }
        return numbers
    }

    func tellings(_ numbers: [Int64]) throws -> [(sequence: Int64, telling: Telling)] {
        try numbers.compactMap { number in
            try first(
                "SELECT type, booking_id, seats, free, occurred_at FROM events WHERE sequence = \(number)"
            ) { row in
                let telling = Telling(
                    type: try row.text(0), booking: try row.valueOrNil(1), seats: try row.int(2),
                    free: try row.int(3), at: try row.value(4))
                return (sequence: number, telling: telling)
            }
        }
    }
}
