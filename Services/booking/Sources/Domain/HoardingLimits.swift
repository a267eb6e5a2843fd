/// How much one user may keep from the others.
package struct HoardingLimits: Sendable, Equatable {
    /// Open at once.
    package let openBookings: Int64
    package let seatsPerBooking: Int64
    /// In all of a user's bookings of one session.
    package let seatsPerSession: Int64
}
