import API
import Auth
import JSON
import SQLite
import Telemetry
import Time
import TypedID

/// A booking with what its session is called.
struct ListedBooking {
    let booking: Booking
    var names: SessionNames
    let namedAt: Timestamp
}

extension BookingService {
    /// `GET /v1/bookings`: the caller's own, in every state, newest first.
    func listBookings(_ request: Request, _ caller: Principal) async throws -> Response {
        let user = try userID(of: caller)
        let query = try request.query()
        var fields = Fields(query)
        let limit = fields.limit()
        guard fields.faults.isEmpty else { throw fields.refusal }
        let page = try Page(limit: limit, cursor: query["cursor"], of: "bookings of \(user)", keys: 1, seal: cursors)
        let before = BookingID(rawValue: page.after?[0] ?? .max)
        var bookings = try database.read { connection in
            try connection.rows(
                """
                \(sql: ListedBooking.columns) WHERE b.user_id = \(user) AND b.id < \(before)
                ORDER BY b.id DESC LIMIT \(page.fetched)
                """
            ) { try ListedBooking($0) }
        }
        await refreshNames(of: &bookings, request.trace)
        let now = clock.now()
        return .json { json in
            page.write("bookings", bookings, to: &json, keys: { [$0.booking.id.rawValue] }) { listed, json in
                json.object { listed.write(to: &$0, at: now) }
            }
        }
    }

    /// `GET /v1/bookings/{booking_id}`: one's own, or for staff anybody's.
    func showBooking(_ request: Request, _ caller: Principal) async throws -> Response {
        let user = try userID(of: caller)
        guard let id = BookingID(request.parameter("booking_id")) else { throw BookingRefusal.bookingNotFound }
        let found = try database.read { connection in
            try connection.first("\(sql: ListedBooking.columns) WHERE b.id = \(id)") { try ListedBooking($0) }
        }
        guard let found, found.booking.userID == user || caller.role >= .staff else {
            throw BookingRefusal.bookingNotFound
        }
        var bookings = [found]
        await refreshNames(of: &bookings, request.trace)
        let now = clock.now()
        return .json { json in json.object("booking") { bookings[0].write(to: &$0, at: now) } }
    }

    /// Asks catalog for names that were last told a while ago. While it does not answer, the old ones serve.
    private func refreshNames(of bookings: inout [ListedBooking], _ trace: TraceContext) async {
        let now = clock.now()
        let old = now.advanced(byMilliseconds: -Self.namesStayFreshMilliseconds)
        let stale = Set(bookings.filter { $0.namedAt < old }.map(\.booking.sessionID))
        guard !stale.isEmpty, let told = try? await catalog.names(of: Array(stale.prefix(100)), trace) else { return }
        let names = Dictionary(told, uniquingKeysWith: { _, last in last })
        for index in bookings.indices {
            if let news = names[bookings[index].booking.sessionID] { bookings[index].names = news }
        }
        // The answer does not wait for it, and a write that fails is made up for by the next reader.
        Task { [database] in
            try? await database.write { transaction in
                for id in stale { try transaction.rename(id, names[id], at: now) }
            }
        }
    }

    static let namesStayFreshMilliseconds: Int64 = 60_000
}

extension Transaction {
    /// Nil for a session that catalog does not know any more: it keeps its names.
    fileprivate func rename(_ id: SessionID, _ names: SessionNames?, at now: Timestamp) throws {
        guard let names else {
            try execute("UPDATE sessions SET named_at = \(now) WHERE id = \(id)")
            return
        }
        try execute(
            """
            UPDATE sessions SET movie_id = \(names.movieID), movie_title = \(names.movieTitle),
                place_id = \(names.placeID), place_name = \(names.placeName), named_at = \(now)
            WHERE id = \(id)
            """)
    }
}
