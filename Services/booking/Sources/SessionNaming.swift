import SQLite
import Telemetry
import Time

extension BookingService {
    /// Asks catalog for names that were last told a while ago. While it does not answer, the old ones serve.
    func refreshNames(of bookings: inout [ListedBooking], _ trace: TraceContext) async {
        let now = clock.now()
        let old = now.advanced(byMilliseconds: -Self.namesStayFreshMilliseconds)
        let stale = Set(bookings.filter { $0.namedAt < old }.map(\.booking.sessionID))
        guard !stale.isEmpty, let names = try? await catalog.names(of: Array(stale.prefix(100)), trace).names
        else { return }
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
