import EventLoop
import JSON
import SQLite
import Telemetry
import Time
import TypedID

/// Sessions that catalog may have deleted since booking's copy was made. To close one cannot be undone, so a catalog that
/// is empty or old itself must not have all of them closed.
extension BookingService {
    private static let pauseMilliseconds: Int64 = 1_000
    private static let sessionsAtOnce: Int64 = 50
    /// So many are closed though catalog knows none of the rest.
    package static let fewSessions = 3

    /// Whether catalog is more likely to have deleted those that it does not know than to have lost them. One that has no
    /// session at all has lost them, were it one.
    package static func believes(unknown: Int, of asked: Int, isEmpty: Bool) -> Bool {
        unknown == 0 || !isEmpty && (unknown <= fewSessions || 2 * unknown <= asked)
    }

    /// Closes sessions that catalog has deleted since the copy was made, as that had asked for. Without catalog, and with
    /// one that knows too few, it goes on asking. There may be more at any time: followers alone know of a copy that
    /// `restore` has not made.
    func settleUnsureSessions() async {
        while !Task.isCancelled {
            let isSettled = (try? await settleNextUnsureSessions()) ?? false
            if !isSettled, (try? await loop.sleep(milliseconds: Self.pauseMilliseconds)) == nil { return }
        }
    }

    /// - Returns: whether more may be asked about at once.
    private func settleNextUnsureSessions() async throws -> Bool {
        // The newest first: these are what an old catalog lacks.
        let ids = try database.read { connection in
            try connection.rows("SELECT id FROM unsure_sessions ORDER BY id DESC LIMIT \(Self.sessionsAtOnce)") {
                try $0.value(0, as: SessionID.self)
            }
        }
        guard !ids.isEmpty else { return false }
        let known = try await catalog.names(of: ids, TraceContext())
        let gone = ids.filter { known.names[$0] == nil }
        guard Self.believes(unknown: gone.count, of: ids.count, isEmpty: !known.isOfSome) else {
            log.error(
                "catalog_lacks_sessions",
                [
                    ("unknown", .integer(Int64(gone.count))), ("asked", .integer(Int64(ids.count))),
                    ("newest", .string("\(gone[0])")),
                    ("hint", "None is closed. Restore catalog, or close those that are gone one by one."),
                ], kind: "", within: logThrottle)
            return false
        }
        let taken = try await database.write { [clock] transaction in
            for id in ids { try transaction.execute("DELETE FROM unsure_sessions WHERE id = \(id)") }
            return try gone.filter { try transaction.closeUnlessTaken($0, at: clock.now()) > 0 }
        }
        // Somebody has seats in it, which only staff can give back.
        for id in taken { log.warning("session_unknown_to_catalog", [("session", .string("\(id)"))]) }
        return true
    }
}
