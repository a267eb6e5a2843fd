import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension BookingService {
    /// `GET /v1/sessions/{session_id}/door/conflicts`: for staff, the scans made offline that let somebody in who should
    /// not have been, the last uploaded first.
    func listConflicts(_ request: Request, _ caller: Principal) async throws -> Response {
        let query = try request.query()
        var fields = Fields(query)
        let limit = fields.limit()
        guard fields.faults.isEmpty else { throw fields.refusal }
        let id = try await doorSession(request)
        let page = try Page(limit: limit, cursor: query["cursor"], of: "conflicts of \(id)", keys: 1, seal: cursors)
        let before = page.after?[0] ?? .max
        let conflicts = try database.read { connection in
            try connection.rows(
                """
                SELECT c.sequence, c.code, c.scanned_at, c.uploaded_at, c.door, c.ticket_id, t.seat_id, s.row_label,
                    s.number, i.admitted_at, i.door
                FROM scans c JOIN tickets t ON t.id = c.ticket_id LEFT JOIN seats s ON s.id = t.seat_id
                    LEFT JOIN check_ins i ON i.ticket_id = c.ticket_id
                WHERE c.session_id = \(id) AND c.result = 'conflict' AND c.sequence < \(before)
                ORDER BY c.sequence DESC LIMIT \(page.fetched)
                """
            ) { try Conflict($0) }
        }
        return .json { json in
            page.write("conflicts", conflicts, to: &json, keys: { [$0.sequence] }) { conflict, json in
                json.object { conflict.write(to: &$0) }
            }
        }
    }
}

/// A scan that should not have let anybody in.
private struct Conflict {
    let sequence: Int64
    private let code: String
    private let scannedAt: Timestamp
    private let uploadedAt: Timestamp
    private let door: String?
    private let ticketID: TicketID
    private let seat: TicketSeat?
    /// When and where the ticket's holder was let in, as far as is known.
    private let admission: (at: Timestamp, door: String?)?

    init(_ row: Row) throws {
        sequence = try row.int(0)
        code = try row.text(1)
        scannedAt = try row.value(2)
        uploadedAt = try row.value(3)
        door = try row.textOrNil(4)
        ticketID = try row.value(5)
        seat = try row.valueOrNil(6, as: SeatID.self).map { id in
            TicketSeat(id: id, row: try row.text(7), number: try row.int(8))
        }
        admission = try row.valueOrNil(9, as: Timestamp.self).map { at in (at, try row.textOrNil(10)) }
    }

    func write(to json: inout JSONWriter) {
        json.field("ticket_id", ticketID)
        json.seat(seat)
        json.field("code", code)
        json.field("scanned_at", scannedAt)
        json.field("uploaded_at", uploadedAt)
        json.field("door", door)
        if let admission {
            json.object("admission") { json in
                json.field("admitted_at", admission.at)
                json.field("door", admission.door)
            }
        } else {
            json.field("admission", JSONValue.null)
        }
    }
}
