/// Why booking says no.
package enum BookingRefusal: Error, Equatable {
    case sessionNotFound
    case sessionStarted
    /// What is sold is kept once the session has begun.
    case refundTooLate
    /// Unknown, or somebody else's: nobody is told which.
    case bookingNotFound
    case bookingExpired
    case bookingConfirmed
    case bookingCancelled
    case noSeatsReserved
    case notEnoughSeats
    case bookingNotConfirmed
    /// Unknown, or another booking's.
    case ticketNotFound
    case ticketRefunded
    /// Its holder was let in.
    case ticketUsed
    /// The user has as many open bookings as one may have.
    case tooManyOpenBookings(most: Int64)
    /// More seats than one booking, or one user in one session, may have.
    case tooManySeats(most: Int64)
    /// Staff want to sell fewer seats than are taken.
    case allocationBelowReserved(Int64)
    /// Staff want to close or move a session that somebody has seats in.
    case sessionHasBookings(Int64)
    /// Somebody else has them.
    case seatsTaken([SeatID])
    /// The room of the session has no such seats, or none that are numbered.
    case seatsNotInRoom([SeatID])
    /// The session has no tariffs of these names, or none at all.
    case tariffsUnknown([String])
}
