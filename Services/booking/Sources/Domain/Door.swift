import Time

/// Where tickets are scanned: at the door of one session, of one place, of both, or at one that takes any ticket for
/// its own session.
package struct Door: Equatable, Sendable {
    package let sessionID: SessionID?
    package let placeID: PlaceID?
    /// As its device calls it.
    package let name: String?

    package init(sessionID: SessionID? = nil, placeID: PlaceID? = nil, name: String? = nil) {
        self.sessionID = sessionID
        self.placeID = placeID
        self.name = name
    }
}

/// When and where somebody was let in, and who of the staff did it.
package struct Admission: Equatable, Sendable {
    package let at: Timestamp
    package let door: String?
    package let staff: UserID

    package init(at: Timestamp, door: String?, staff: UserID) {
        self.at = at
        self.door = door
        self.staff = staff
    }
}

/// Why the door says no.
package enum DoorRefusal: Error, Equatable {
    /// None of ours, whatever it looks like.
    case ticketInvalid
    case wrongSession
    case wrongPlace
    case ticketRefunded
    /// The ticket was issued anew: another code is good.
    case ticketReissued
    case alreadyAdmitted(Admission)
    case tooEarly(opens: Timestamp)
    case tooLate(closed: Timestamp)

    /// Whether a device that is offline could not have known.
    package var isConflict: Bool {
        switch self {
        case .ticketRefunded, .ticketReissued, .alreadyAdmitted: true
        case .ticketInvalid, .wrongSession, .wrongPlace, .tooEarly, .tooLate: false
        }
    }
}

/// A ticket as the door sees it, with what it has to be for.
package struct ScannedTicket: Equatable, Sendable {
    package let ticket: Ticket
    package let placeID: PlaceID
    package let hours: DoorHours
    /// That of the code that was scanned.
    package let generation: Int64

    package init(_ ticket: Ticket, placeID: PlaceID, hours: DoorHours, generation: Int64) {
        self.ticket = ticket
        self.placeID = placeID
        self.hours = hours
        self.generation = generation
    }

    /// Lets its holder in, or says why not: what the door is for comes first, then what became of the ticket, then the
    /// hour.
    package func admitted(at door: Door, by staff: UserID, at now: Timestamp) throws(DoorRefusal) -> Admission {
        if let session = door.sessionID, session != ticket.sessionID { throw .wrongSession }
        if let place = door.placeID, place != placeID { throw .wrongPlace }
        if ticket.refundedAt != nil { throw .ticketRefunded }
        if generation != ticket.generation { throw .ticketReissued }
        if let admission = ticket.admission { throw .alreadyAdmitted(admission) }
        if now < hours.opens { throw .tooEarly(opens: hours.opens) }
        if now >= hours.closes { throw .tooLate(closed: hours.closes) }
        return Admission(at: now, door: door.name, staff: staff)
    }
}
