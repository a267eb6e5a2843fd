/// Why booking says no.
package enum BookingRefusal: Error, Equatable, CaseIterable {
    case sessionNotFound
    case sessionStarted
    /// Unknown, or somebody else's: nobody is told which.
    case bookingNotFound
    case bookingExpired
    case bookingConfirmed
    case bookingCancelled
    case noSeatsReserved
    case notEnoughSeats
}
