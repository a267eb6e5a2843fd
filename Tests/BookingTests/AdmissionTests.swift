import BookingService
import Testing
import Time
import TypedID

/// Whether the door lets somebody in, as a table: a value in, a value or a refusal out.
@Suite struct AdmissionTests {
    private static let start = Timestamp(rawValue: 1_795_203_000_000)
    private static let hours = DoorHours(startsAt: start, durationMinutes: 94, opensMinutesBefore: 60)
    private static let minute: Int64 = 60_000
    private static let staff = UserID(rawValue: 8)

    struct Case: Sendable, CustomStringConvertible {
        let description: String
        var door = Door(sessionID: SessionID(rawValue: 1))
        var minutes: Int64 = 0
        var generation: Int64 = 2
        var refunded = false
        var admission: Admission?
        let refusal: DoorRefusal?
    }

    private static let earlier = Admission(at: start, door: "North", staff: staff)

    private static let cases = [
        Case(description: "at its session", refusal: nil),
        Case(description: "at its place", door: Door(placeID: PlaceID(rawValue: 7)), refusal: nil),
        Case(
            description: "at both", door: Door(sessionID: SessionID(rawValue: 1), placeID: PlaceID(rawValue: 7)),
            refusal: nil),
        Case(description: "at a door for all", door: Door(), refusal: nil),
        Case(description: "another session", door: Door(sessionID: SessionID(rawValue: 2)), refusal: .wrongSession),
        Case(description: "another place", door: Door(placeID: PlaceID(rawValue: 8)), refusal: .wrongPlace),
        Case(
            description: "its session elsewhere",
            door: Door(sessionID: SessionID(rawValue: 1), placeID: PlaceID(rawValue: 8)), refusal: .wrongPlace),
        Case(description: "given back", refunded: true, refusal: .ticketRefunded),
        Case(description: "an older code", generation: 1, refusal: .ticketReissued),
        Case(description: "a code from the future", generation: 3, refusal: .ticketReissued),
        Case(description: "in already", admission: earlier, refusal: .alreadyAdmitted(earlier)),
        Case(description: "when the doors open", minutes: -60, refusal: nil),
        Case(description: "a minute before", minutes: -61, refusal: .tooEarly(opens: hours.opens)),
        Case(description: "in the last minute", minutes: 94 + 59, refusal: nil),
        Case(description: "when the doors close", minutes: 94 + 60, refusal: .tooLate(closed: hours.closes)),
        Case(
            description: "elsewhere, whatever became of it", door: Door(sessionID: SessionID(rawValue: 2)),
            minutes: -90, generation: 1, refunded: true, admission: earlier, refusal: .wrongSession),
        Case(
            description: "given back comes before in already", refunded: true, admission: earlier,
            refusal: .ticketRefunded),
        Case(
            description: "an older code comes before in already", generation: 1, admission: earlier,
            refusal: .ticketReissued),
        Case(
            description: "in already comes before too late", minutes: 300, admission: earlier,
            refusal: .alreadyAdmitted(earlier)),
    ]

    @Test("the door lets in whom it should, and says why it does not", arguments: cases)
    func decides(_ example: Case) {
        let ticket = Ticket(
            id: TicketID(rawValue: 5), bookingID: BookingID(rawValue: 3), sessionID: SessionID(rawValue: 1),
            generation: 2, refundedAt: example.refunded ? Self.start : nil, admission: example.admission)
        let scanned = ScannedTicket(
            ticket, placeID: PlaceID(rawValue: 7), hours: Self.hours, generation: example.generation)
        let now = Self.start.advanced(byMilliseconds: example.minutes * Self.minute)
        let result = Result { () throws(DoorRefusal) in
            try scanned.admitted(at: example.door, by: Self.staff, at: now)
        }
        switch result {
        case .success(let admission):
            #expect(example.refusal == nil)
            #expect(admission == Admission(at: now, door: example.door.name, staff: Self.staff))
        case .failure(let refusal): #expect(refusal == example.refusal)
        }
    }

    @Test("where a film's duration is unknown, the door is open for six hours")
    func unknownDuration() {
        let hours = DoorHours(startsAt: Self.start, durationMinutes: nil, opensMinutesBefore: 30)
        #expect(hours.opens == Self.start.advanced(byMilliseconds: -30 * Self.minute))
        #expect(hours.closes == Self.start.advanced(byMilliseconds: 360 * Self.minute))
    }
}
