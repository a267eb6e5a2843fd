import JSON
import SQLite
import TypedID

/// Every session, recomputed from the journal and compared with the tables.
package struct BookAudit {
    /// A sentence each, the chain's first, then session by session.
    package private(set) var differences: [String] = []
    package private(set) var entries = 0
    /// How many sessions and rows were compared.
    package private(set) var sessions = 0
    package private(set) var rows = 0
    /// The last entry's hash, in hexadecimal; what the chain begins with where there is no entry.
    package private(set) var head = hexadecimal(JournalChain.beginning)
    /// The numbers of each session's entries: one session at a time is recomputed, however many there are.
    private var numbers: [SessionID: [Int64]] = [:]

    /// - Parameter expected: a hash that must be in the chain.
    package init(_ connection: Connection, expecting expected: String? = nil) throws {
        try followChain(connection, expected?.lowercased())
        for session in try connection.auditedSessions() { try compare(session, connection) }
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

    private mutating func recomputed(_ session: SessionID, _ connection: Connection) throws -> [RowName: JSONObject] {
        var books = SessionBooks(session)
        for number in numbers[session] ?? [] {
            let text = try connection.first("SELECT entry FROM journal WHERE number = \(number)") { try $0.text(0) }
            do {
                let (entry, time) = try JournalEntry.read(text ?? "")
                try books.apply(entry, at: time)
            } catch let contradiction as SessionBooks.Contradiction {
                differences.append("\(session), entry \(number) of the journal: \(contradiction.reason)")
            } catch is Unreadable {
                differences.append("\(session), entry \(number) of the journal is none: \(text ?? "")")
            }
        }
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
