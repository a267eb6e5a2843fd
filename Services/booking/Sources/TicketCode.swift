import Auth
import JSON
import Time
import TypedID

/// What the code on a ticket says: a JWT that whoever has the published key can check without asking anybody.
struct TicketCode: Equatable, Sendable {
    static let type = "ticket+jwt"
    static let issuer = "marquee/booking"
    static let audience = "door"
    /// The purpose under which the keys are published, so that no verifier of access tokens takes them.
    static let purpose = "tickets"

    let ticketID: TicketID
    let sessionID: SessionID
    let placeID: PlaceID
    let generation: Int64

    /// The code of a ticket; nil only when OpenSSL is out of memory.
    static func text(
        of ticket: Ticket, at place: PlaceID, good hours: DoorHours, signedWith key: Ed25519.PrivateKey
    ) -> String? {
        SignedClaims.text(type: type, signedWith: key) { json in
            json.field("iss", issuer)
            json.field("aud", audience)
            json.field("sub", ticket.id)
            json.field("bkg", ticket.bookingID)
            json.field("ses", ticket.sessionID)
            json.field("plc", place)
            if let seat = ticket.seat { json.field("seat", seat.label) }
            json.field("gen", ticket.generation)
            json.field("nbf", hours.opens.rawValue / 1000)
            json.field("exp", hours.closes.rawValue / 1000)
        }
    }

    /// Reads a code. Whether it is good at this hour is not asked: what booking knows of the session counts.
    /// - Parameter key: finds a key of ours by its id.
    /// - Returns: nil for what none of our keys has signed.
    init?(_ text: String, key: (String) throws -> Ed25519.PublicKey?) rethrows {
        guard let signed = try? SignedClaims(text, type: Self.type), let key = try key(signed.keyID),
            signed.isSigned(by: key), signed.claims["iss"] == .string(Self.issuer),
            signed.claims["aud"] == .string(Self.audience),
            let ticketID = signed.claims["sub"]?.stringValue.flatMap(TicketID.init),
            let sessionID = signed.claims["ses"]?.stringValue.flatMap(SessionID.init),
            let placeID = signed.claims["plc"]?.stringValue.flatMap(PlaceID.init),
            case .integer(let generation)? = signed.claims["gen"]
        else { return nil }
        self.ticketID = ticketID
        self.sessionID = sessionID
        self.placeID = placeID
        self.generation = generation
    }
}
