import Time

/// Where what a booking costs is paid.
package enum PaymentChannel: String, CaseIterable, Sendable { case counter, stripe }

/// A customer's payment of a booking through a provider. The money is held on the customer's means of payment first, and
/// taken once the booking is confirmed: the end is that it is paid with seats, or not charged without.
package struct Payment: Equatable, Sendable {
    package enum State: String, CaseIterable, Sendable {
        /// The provider is asked to hold the money; nobody knows what came of it.
        case authorizing
        /// The provider wants the customer to do something first.
        case actionRequired = "action_required"
        /// Held, and the booking is confirmed by it.
        case authorized
        /// Taken. What is given back later is noted in the refunds.
        case captured
        /// The provider, or the customer, does not want it.
        case declined
        /// It may be held for a booking that does not want it any more: it is let go.
        case voiding
        case voided
    }

    package let id: PaymentID
    package let bookingID: BookingID
    /// In the currency's smallest unit.
    package let amount: Int64
    /// As ISO 4217 has it.
    package let currency: String
    /// The provider's name for what the customer pays with.
    package let method: String
    package let createdAt: Timestamp
    package internal(set) var state: State
    /// The provider's name for it, once known.
    package internal(set) var intent: String?
    /// With which the customer does what the provider wants.
    package internal(set) var clientSecret: String?
    /// Why it was declined, by the provider's code.
    package internal(set) var reason: String?

    package init(
        id: PaymentID, bookingID: BookingID, amount: Int64, currency: String, method: String, createdAt: Timestamp,
        state: State = .authorizing, intent: String? = nil, clientSecret: String? = nil, reason: String? = nil
    ) {
        self.id = id
        self.bookingID = bookingID
        self.amount = amount
        self.currency = currency
        self.method = method
        self.createdAt = createdAt
        self.state = state
        self.intent = intent
        self.clientSecret = clientSecret
        self.reason = reason
    }

    /// Whether its outcome is open: until then the booking keeps the seats it has.
    package var isLive: Bool { state == .authorizing || state == .actionRequired }

    /// Whether the booking is paid by it.
    package var isGood: Bool { state == .authorized || state == .captured }

    /// As it is where the provider did not let it be asked for; nil where it may have been.
    package func declinedUnasked() -> Payment? {
        guard state == .authorizing, intent == nil else { return nil }
        var payment = self
        payment.state = .declined
        payment.reason = "provider_unavailable"
        return payment
    }

    /// What may pay for the booking: the payment that is under way, with the same method, or none yet.
    /// - Parameters:
    ///   - live: the booking's payment that is under way.
    ///   - method: what the customer names, if anything.
    ///   - seconds: until the booking closes.
    /// - Returns: the payment that goes on; nil where one with `method` is to begin.
    package static func continuing(_ live: Payment?, with method: String?, closingIn seconds: Int64)
        throws(PaymentRefusal)
        -> Payment?
    {
        guard let live else {
            guard method != nil else { throw .paymentRequired }
            return nil
        }
        guard method == nil || method == live.method else { throw .paymentInProgress(seconds: seconds) }
        return live
    }
}

/// What the provider says of a payment.
package enum PaymentNews: Equatable, Sendable {
    /// The money is held.
    case authorized
    case actionRequired(clientSecret: String)
    case declined(reason: String)
    /// The money is taken.
    case captured
    /// Nothing is held any more.
    case cancelled
    /// The provider has never heard of it.
    case absent
}

/// What is to be done because of news, in the transaction that notes them.
package enum PaymentConsequence: Equatable, Sendable {
    case confirmBooking
    case capture
    /// Whatever is held is let go.
    case void
    /// Everything that was taken is given back.
    case refundAll
    /// The booking was confirmed by a payment that came to nothing: its seats are free again.
    case takeBookingBack
}

/// Why booking does not take a payment.
package enum PaymentRefusal: Error, Equatable {
    case paymentRequired
    case paymentDeclined(reason: String)
    case paymentActionRequired
    /// Until its outcome is known the booking stays as it is: for so many seconds, when it closes, at the latest.
    case paymentInProgress(seconds: Int64)
    /// Nobody knows yet; asked again with the same method it goes on.
    case paymentUnanswered
    /// The provider does not let us ask: nothing was done.
    case paymentUnavailable
    /// So many were begun that for some seconds no other is.
    case tooManyAttempts(seconds: Int64)
    /// It was paid through a provider that the service is not set up with any more.
    case providerMissing
    case paymentNotFound
    /// It does not come from the provider, or is old.
    case signatureInvalid
}
