import Time

/// What happened to seats, said so fully that every row about them follows from all that was said.
enum JournalEntry: Sendable {
    /// A session is sold here from now on.
    case met(allocation: Int64, startsAt: Timestamp, room: RoomID?)
    case changed(allocation: Int64, startsAt: Timestamp)
    /// It takes no more bookings.
    case closed
    /// A booking's rows, as they stood when the journal was begun.
    case standing([AuditedRow])
    case opened(BookingID, by: UserID, closesAt: Timestamp)
    /// All that it holds from now on; without seats where they are only counted.
    case reserved(BookingID, Int64, [SeatID]?)
    case confirmed(BookingID, [SoldTicket])
    case cancelled(BookingID)
    case expired(BookingID)
    case refunded(BookingID)
    /// Some of a confirmed booking's tickets are given back.
    case ticketsRefunded(BookingID, [TicketID])
    /// Only this code of a ticket is good from now on.
    case reissued(BookingID, TicketID, generation: Int64)
    /// The database was restored: what had happened after its copy was made is not in here.
    case restored
}

/// A ticket, as it was issued.
struct SoldTicket: Sendable {
    let id: TicketID
    let seat: SeatID?
    let price: TicketPrice?
}

extension JournalEntry {
    /// What those who follow are told of it.
    var event: EventType? {
        switch self {
        case .opened: .opened
        case .reserved: .reserved
        case .confirmed: .confirmed
        case .cancelled: .cancelled
        case .expired: .expired
        case .refunded: .refunded
        case .ticketsRefunded: .seatsRefunded
        case .changed: .sessionChanged
        case .met, .closed, .standing, .reissued, .restored: nil
        }
    }
}
