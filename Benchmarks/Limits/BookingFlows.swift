import Glibc

/// Book, reserve, confirm on booking's own schema, by the statements of the three use cases' transactions; each client
/// is one step further with each of its transactions.
struct BookingFlows {
    private let writes: BookingWrites
    private let now = microseconds(CLOCK_REALTIME) / 1000
    private var last: Int64
    private var steps: [Int]
    private var bookings: [Int64]

    init(_ database: Bare, clients: Int) throws {
        writes = try BookingWrites(database)
        last = now << 22
        steps = Array(repeating: 0, count: clients)
        bookings = Array(repeating: 0, count: clients)
    }

    mutating func step(of client: Int) throws {
        // A booking's, its reservation's, or its first ticket's.
        last += 2
        if steps[client] == 0 { bookings[client] = last }
        let (booking, session) = (bookings[client], bookings[client] / 2 % 1000 + 1)
        switch steps[client] {
        case 0: try writes.book(booking, user: Int64(client) + 1, session, now)
        case 1: try writes.reserve(booking, reservation: last, session, now)
        default: try writes.confirm(booking, session, tickets: last...last + 1, now)
        }
        steps[client] = (steps[client] + 1) % 3
    }

    /// Whatever waits goes into one transaction.
    /// - Returns: flows a second, as JSON.
    static func grouped(database path: String, clients: Int, milliseconds: Int) throws -> String {
        let database = try Bare(path)
        var flows = try BookingFlows(database, clients: clients)
        let perSecond = try groupCommits(on: database, submitters: clients, milliseconds: milliseconds) { client in
            try flows.step(of: client)
        }
        return #"{"per_second": \#(perSecond / 3)}"#
    }

    /// One after the other, a transaction each, with no other thread and no savepoint.
    static func plain(database path: String, milliseconds: Int) throws -> String {
        let database = try Bare(path)
        let (begin, commit) = (try database.prepare("BEGIN IMMEDIATE"), try database.prepare("COMMIT"))
        var flows = try BookingFlows(database, clients: 1)
        var transactions = 0
        let start = microseconds()
        while microseconds() < start + Int64(milliseconds) * 1000 {
            try database.run(begin)
            try flows.step(of: 0)
            try database.run(commit)
            transactions += 1
        }
        return #"{"per_second": \#(Double(transactions) / 3 / (Double(microseconds() - start) / 1e6))}"#
    }
}
