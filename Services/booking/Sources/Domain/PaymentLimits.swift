import Time

/// How many payments may be begun. Who has stolen a list of cards tries them one by one at a shop that lets him.
package struct PaymentLimits: Sendable, Equatable {
    package static let windowMilliseconds: Int64 = 600_000

    /// Of one booking, whatever became of them.
    package let perBooking: Int64
    /// Of one user, in all bookings, within the window.
    package let perUser: Int64

    package init(perBooking: Int64, perUser: Int64) {
        self.perBooking = perBooking
        self.perUser = perUser
    }

    /// - Parameters:
    ///   - begun: how many payments of the booking there are.
    ///   - closes: when the booking closes, after which its owner may open another.
    ///   - first: when the first of the user's last `perUser` payments was begun, if there are so many.
    /// - Throws: `tooManyAttempts`, with how long no other may be begun.
    package func requireAnother(
        begun: Int64, closesAt closes: Timestamp, first: Timestamp?, at now: Timestamp
    ) throws(PaymentRefusal) {
        var ends: [Timestamp] = []
        if begun >= perBooking { ends.append(closes) }
        if let first { ends.append(first.advanced(byMilliseconds: Self.windowMilliseconds)) }
        guard let end = ends.max(), end > now else { return }
        throw .tooManyAttempts(seconds: (end.rawValue - now.rawValue + 999) / 1000)
    }
}
