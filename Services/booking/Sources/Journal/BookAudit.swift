import JSON
import SQLite
import Time
import TypedID

/// Every session, recomputed from the journal and compared with the tables, and with what followers are told.
package struct BookAudit {
    /// A sentence each, the chain's first, then session by session.
    package private(set) var differences: [String] = []
    package private(set) var entries = 0
    /// How many sessions and rows were compared.
    package private(set) var sessions = 0
    package private(set) var rows = 0
    /// And how many events.
    package private(set) var events = 0
    /// The last entry's hash, in hexadecimal; what the chain begins with where there is no entry.
    package private(set) var head = hexadecimal(JournalChain.beginning)
    /// The numbers of each session's entries: one session at a time is recomputed, however many there are.
    private var numbers: [SessionID: [Int64]] = [:]
    /// The same of events.
    private var told: [SessionID: [Int64]] = [:]
    /// How far the events are cut off.
    private let trimmed: Timestamp?
    /// Events that do not follow from the journal, which began after some of them.
    private var unfounded: [(session: SessionID, event: ToldEvents.Unfounded)] = []
    private var began: Timestamp?
    private var firstFounded: Int64 = .max

    /// - Parameter expected: a hash that must be in the chain.
    package init(_ connection: Connection, expecting expected: String? = nil) throws {
        trimmed = try connection.first("SELECT until FROM trimmed_events") { try $0.value(0, as: Timestamp.self) }
        try followChain(connection, expected?.lowercased())
        told = try connection.numbersOfEvents()
        let audited = try connection.auditedSessions()
        for session in Set(told.keys).union(audited).sorted(by: { $0.rawValue < $1.rawValue }) {
            try compare(session, connection)
        }
        tellUnfounded()
        differences += try connection.strayRows()
    }

    private mutating func followChain(_ connection: Connection, _ expected: String?) throws {
        var (last, previous, isExpected): (Int64, [UInt8], Bool) = (0, JournalChain.beginning, expected == nil)
        try connection.forEach("SELECT number, session_id, entry, hash FROM journal ORDER BY number") { row in
            let (number, session) = (try row.int(0), try row.valueOrNil(1, as: SessionID.self))
            let (text, hash) = (try row.text(2), try row.bytes(3))
            if number != last + 1 {
                differences.append("the journal goes from entry \(last) to entry \(number): some are missing")
            } else if hash != JournalChain.hash(after: previous, session, text) {
                differences.append(
                    "entry \(number) of the journal, or its hash, is not what was written after entry \(last): \(text)")
            }
            (last, previous) = (number, hash)
            if let session { numbers[session, default: []].append(number) }
            noteBeginning(text)
            if !isExpected { isExpected = hexadecimal(hash) == expected }
            entries += 1
        }
        head = hexadecimal(previous)
        if !isExpected {
            differences.append(
                """
                no entry of the journal has the hash \(expected ?? ""): its end is cut off, it was written anew, or the \
                database is an older copy
                """)
        }
    }

    private mutating func compare(_ session: SessionID, _ connection: Connection) throws {
        let journal = try recomputed(session, connection)
        let table = try connection.auditedRows(of: session)
        sessions += 1
        rows += table.count
        for name in Set(journal.keys).union(table.keys).sorted() {
            guard let told = journal[name] else {
                differences.append("\(session), \(name): the table has it, the journal does not")
                continue
            }
            guard let found = table[name] else {
                differences.append("\(session), \(name): the journal has it, the table does not")
                continue
            }
            for (column, value) in found.members.map({ ($0.name, $0.value) }) where told[column] != value {
                differences.append(
                    """
                    \(session), \(name), \(column): the journal says \(told[column].described), the table says \
                    \(Optional(value).described)
                    """)
            }
        }
    }

    /// A session that was closed before the journal began is noted with the time of that.
    private mutating func noteBeginning(_ text: String) {
        guard began == nil, let (entry, time) = try? JournalEntry.read(text) else { return }
        if case .closed = entry { return }
        began = time
    }

    private mutating func compare(_ events: inout ToldEvents, _ session: SessionID, _ connection: Connection) throws {
        let told = try connection.tellings(told[session] ?? [])
        self.events += told.count
        events.compare(told, trimmedUntil: trimmed)
        differences += events.untold.map { "\(session), entry \($0) of the journal: no event tells it" }
        unfounded += events.unfounded.map { (session, $0) }
        firstFounded = min(firstFounded, events.firstFounded ?? .max)
    }

    /// What was told before the journal began is not in it.
    private mutating func tellUnfounded() {
        for (session, event) in unfounded
        where event.sequence > firstFounded || event.telling.at.rawValue > began?.rawValue ?? .min {
            differences.append("\(session), event \(event.sequence): the journal does not have it (\(event.telling))")
        }
        unfounded = []
    }

    private mutating func recomputed(_ session: SessionID, _ connection: Connection) throws -> [RowName: JSONObject] {
        var books = SessionBooks(session)
        var events = ToldEvents()
        for number in numbers[session] ?? [] {
            let text = try connection.first("SELECT entry FROM journal WHERE number = \(number)") { try $0.text(0) }
            do {
                let (entry, time) = try JournalEntry.read(text ?? "")
                defer { events.note(number, entry, at: time, books) }
                try books.apply(entry, at: time)
            } catch let contradiction as SessionBooks.Contradiction {
                differences.append("\(session), entry \(number) of the journal: \(contradiction.reason)")
            } catch is Unreadable {
                differences.append("\(session), entry \(number) of the journal is none: \(text ?? "")")
            }
        }
        try compare(&events, session, connection)
        return books.audited
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

extension JSONValue? {
    fileprivate var described: String {
        guard let self else { return "nothing" }
        var json = JSONWriter()
        json.element(self)
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
