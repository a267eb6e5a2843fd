import API
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `PUT /internal/v1/sessions/{session_id}` `{session}`: catalog wants to sell a session at other terms, which is
    /// decided here, where it is known what is taken: not fewer seats than that, and at no other time once anybody has
    /// a booking. Prices may change at any time: seats that are held or sold keep theirs. Saying it twice is saying it
    /// once.
    func setTerms(_ request: Request) async throws -> Response {
        guard let terms = CatalogSession(request.body["session"]),
            terms.id == SessionID(request.parameter("session_id"))
        else {
            throw APIError(422, "session_invalid", "The session must be as the internal contract shows it.")
        }
        return try await database.write { [clock] transaction in
            let now = clock.now()
            try transaction.meet(terms, at: now)
            try transaction.expireBookings(of: terms.id, at: now)
            guard let session = try transaction.inventory(of: terms.id), !session.isClosed else {
                throw BookingRefusal.sessionNotFound
            }
            guard terms.allocation >= session.taken else { throw BookingRefusal.allocationBelowReserved(session.taken) }
            if terms.startsAt != session.startsAt, try transaction.hasBookings(terms.id) {
                throw BookingRefusal.sessionHasBookings(session.taken)
            }
            if terms.allocation != session.allocation || terms.startsAt != session.startsAt {
                try transaction.execute(
                    """
                    UPDATE sessions SET allocation = \(terms.allocation), starts_at = \(terms.startsAt)
                    WHERE id = \(terms.id)
                    """)
                let changed = JournalEntry.changed(allocation: terms.allocation, startsAt: terms.startsAt)
                try transaction.record(changed, of: terms.id, at: now)
            }
            if try terms.tariffs != transaction.tariffs(of: terms.id) {
                try transaction.setTariffs(terms.tariffs, of: terms.id)
            }
            let newest = try transaction.newestEvent() ?? 0
            return .json { json in
                json.object("session") { json in
                    json.field("id", terms.id)
                    json.field("allocation", terms.allocation)
                    json.field("free", terms.allocation - session.taken)
                    json.field("as_of", now)
                    // Among the events: what is told of later ones replaces this answer, and nothing else does.
                    json.field("sequence", newest)
                }
            }
        }
    }

    /// `DELETE /internal/v1/sessions/{session_id}`: no booking is opened any more, unless somebody has seats. Those
    /// that are open, which hold nothing, expire; and nothing of it is on sale any more, so that those who add up what is
    /// leave it out. Catalog deletes the session after it; saying it twice is saying it once.
    func closeSession(_ request: Request) async throws -> Response {
        guard let id = SessionID(request.parameter("session_id")) else { throw BookingRefusal.sessionNotFound }
        return try await database.write { [clock] transaction in
            let taken = try transaction.closeUnlessTaken(id, at: clock.now())
            guard taken == 0 else { throw BookingRefusal.sessionHasBookings(taken) }
            return .noContent
        }
    }
}

extension Transaction {
    /// Nothing of it is on sale any more, and what is open in it expires, unless somebody has seats.
    /// - Returns: how many; 0 where it is closed.
    func closeUnlessTaken(_ id: SessionID, at now: Timestamp) throws -> Int64 {
        try expireBookings(of: id, at: now)
        let session = try inventory(of: id)
        if let session, session.taken > 0 { return session.taken }
        try close(id, at: now)
        try expireOpenBookings(of: id, at: now)
        if let session, session.allocation > 0 {
            try execute("UPDATE sessions SET allocation = 0 WHERE id = \(id)")
            try record(.changed(allocation: 0, startsAt: session.startsAt), of: id, at: now)
        }
        return 0
    }

    /// From now on it takes no bookings.
    private func close(_ session: SessionID, at now: Timestamp) throws {
        let added = try execute(
            "INSERT INTO closed_sessions (id, closed_at) VALUES (\(session), \(now)) ON CONFLICT (id) DO NOTHING")
        if added > 0 { try record(.closed, of: session, at: now) }
        // Whoever closes it has settled whether catalog has.
        try execute("DELETE FROM unsure_sessions WHERE id = \(session)")
    }
}

extension Connection {
    /// Whether anybody has seats of a session, or is about to.
    fileprivate func hasBookings(_ session: SessionID) throws -> Bool {
        try first(
            """
            SELECT EXISTS (SELECT 1 FROM bookings WHERE session_id = \(session) AND cancelled_at IS NULL
                AND expired_at IS NULL AND refunded_at IS NULL)
            """
        ) { try $0.bool(0) } ?? false
    }
}
