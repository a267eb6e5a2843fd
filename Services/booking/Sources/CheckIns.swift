import API
import JSON
import SQLite
import Time

/// What a code that is ours, and a ticket that it names, come to at a door.
struct DoorAnswer {
    let ticket: Ticket
    /// The place's.
    let timeZone: String
    let admission: Result<Admission, DoorRefusal>
}

extension Transaction {
    /// Lets in whom a code is for, or says why not.
    /// - Returns: nil for a code that names no ticket of ours.
    func admit(
        _ code: TicketCode, at door: Door, by staff: UserID, at moment: Timestamp, opensMinutesBefore minutes: Int64
    ) throws -> DoorAnswer? {
        let ticket = try first("\(sql: Ticket.columns) WHERE t.id = \(code.ticketID)") { try Ticket($0) }
        guard let ticket, ticket.sessionID == code.sessionID, let session = try ticketSession(ticket.sessionID) else {
            return nil
        }
        let scanned = ScannedTicket(
            ticket, placeID: session.names.placeID, hours: session.hours(opensMinutesBefore: minutes),
            generation: code.generation)
        let result = Result { () throws(DoorRefusal) in try scanned.admitted(at: door, by: staff, at: moment) }
        if case .success(let admission) = result {
            try execute(
                """
                INSERT INTO check_ins (ticket_id, admitted_at, door, staff_id)
                VALUES (\(ticket.id), \(admission.at), \(admission.door), \(admission.staff))
                """)
        }
        return DoorAnswer(ticket: ticket, timeZone: session.timeZone, admission: result)
    }
}

extension Fields {
    /// The door of a scan: `session_id`, `place_id`, `door`, each if it is said.
    mutating func door() -> Door? {
        let session = id("session_id", SessionID.self, required: false)
        let place = id("place_id", PlaceID.self, required: false)
        let name = text("door", 1...50, trim: true, required: false)
        return faults.isEmpty ? Door(sessionID: session, placeID: place, name: name) : nil
    }

    /// The code of a ticket, as it was scanned: scanners that type end what they type with a line break.
    mutating func code() -> String? { text("token", 1...2048, trim: true) }
}
