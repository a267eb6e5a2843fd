import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `GET /v1/sessions/{session_id}/door`: for staff, how many are in, and for devices that go offline the tickets that
    /// are good and the codes that are not any more, whole.
    func showDoor(_ request: Request, _ caller: Principal) async throws -> Response {
        let id = try await doorSession(request)
        let now = clock.now()
        let (tickets, conflicts) = try database.read { connection in
            (try connection.tickets(of: id), try connection.conflicts(in: id))
        }
        let good = tickets.filter { $0.refundedAt == nil }
        return .json { json in
            json.object("door") { json in
                json.object("counts") { json in
                    json.field("sold", good.count)
                    json.field("admitted", tickets.count { $0.admission != nil })
                    json.field("refunded", tickets.count - good.count)
                    json.field("conflicts", conflicts)
                }
                json.field("as_of", now)
                json.array("tickets") { json in
                    for ticket in good { json.object { ticket.writeAtDoor(to: &$0) } }
                }
                json.array("revocations") { json in
                    for ticket in tickets { ticket.writeRevocation(to: &json) }
                }
            }
        }
    }

    /// The session of the path, which is met if it was not.
    func doorSession(_ request: Request) async throws -> SessionID {
        guard let id = SessionID(request.parameter("session_id")) else { throw BookingRefusal.sessionNotFound }
        if let news = try await unmetSession(id, request.trace) {
            let now = clock.now()
            try await database.write { try $0.meet(news, at: now) }
        }
        return id
    }
}

extension Connection {
    fileprivate func tickets(of session: SessionID) throws -> [Ticket] {
        try rows("\(sql: Ticket.columns) WHERE t.session_id = \(session) ORDER BY t.id") { try Ticket($0) }
    }

    fileprivate func conflicts(in session: SessionID) throws -> Int64 {
        try first("SELECT count(*) FROM scans WHERE session_id = \(session) AND result = 'conflict'") {
            try $0.int(0)
        } ?? 0
    }
}

extension Ticket {
    fileprivate func writeAtDoor(to json: inout JSONWriter) {
        json.field("id", id)
        json.field("generation", generation)
        json.seat(seat)
        json.field("admitted_at", admission?.at)
    }

    /// Its codes that are good no more: all of them, or those up to a generation.
    fileprivate func writeRevocation(to json: inout JSONWriter) {
        guard refundedAt != nil || generation > 1 else { return }
        json.object { json in
            json.field("ticket_id", id)
            if refundedAt != nil {
                json.field("generation", "all")
                json.field("reason", "refunded")
            } else {
                json.field("generation", generation - 1)
                json.field("reason", "reissued")
            }
        }
    }
}
