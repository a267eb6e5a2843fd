extension Payment {
    /// The payment after news of it, and what follows. Whatever comes, late, twice or out of order, money that is held or
    /// taken without a confirmed booking goes back, and a booking whose money is not to be had loses its seats.
    /// - Parameters:
    ///   - intent: the provider's name for it, where the news come with one.
    ///   - isOpen: whether the booking can still be confirmed.
    package func hearing(
        _ news: PaymentNews, intent name: String? = nil, whileBookingIsOpen isOpen: Bool
    ) -> (payment: Payment, consequences: [PaymentConsequence]) {
        var payment = self
        payment.intent = intent ?? name
        return switch state {
        case .authorizing, .actionRequired:
            isOpen ? payment.deciding(news) : payment.comingTooLate(news)
        case .authorized: payment.beingCaptured(news)
        case .captured: (payment, [])
        case .declined, .voided: payment.ended(news)
        case .voiding: payment.beingVoided(news)
        }
    }

    /// As seen so far, named by the provider.
    package func named(_ intent: String) -> Payment {
        var payment = self
        payment.intent = self.intent ?? intent
        return payment
    }

    private typealias Outcome = (payment: Payment, consequences: [PaymentConsequence])

    private func becoming(_ state: State, _ consequences: PaymentConsequence..., reason: String? = nil) -> Outcome {
        var payment = self
        payment.state = state
        payment.reason = reason ?? self.reason
        payment.clientSecret = nil
        return (payment, consequences)
    }

    private func deciding(_ news: PaymentNews) -> Outcome {
        switch news {
        case .authorized: becoming(.authorized, .confirmBooking, .capture)
        case .captured: becoming(.captured, .confirmBooking)
        case .actionRequired(let secret): requiring(secret)
        // Declined by the bank, it could still be paid with another method: the next try is another payment.
        case .declined(let reason): intent == nil ? becoming(.declined, reason: reason) : lettingGo(reason)
        case .cancelled: becoming(.declined, reason: "canceled")
        case .absent: (self, [])
        }
    }

    private func requiring(_ secret: String) -> Outcome {
        var payment = self
        payment.state = .actionRequired
        payment.clientSecret = secret
        return (payment, [])
    }

    private func lettingGo(_ reason: String) -> Outcome { becoming(.declined, .void, reason: reason) }

    private func comingTooLate(_ news: PaymentNews) -> Outcome {
        switch news {
        case .authorized, .actionRequired: becoming(.voiding, .void)
        case .captured: becoming(.captured, .refundAll)
        case .declined(let reason): intent == nil ? becoming(.declined, reason: reason) : lettingGo(reason)
        case .cancelled, .absent: becoming(.voided)
        }
    }

    private func beingCaptured(_ news: PaymentNews) -> Outcome {
        switch news {
        // Late, or from before.
        case .authorized, .actionRequired: (self, [])
        case .captured: becoming(.captured)
        case .declined(let reason): becoming(.voiding, .takeBookingBack, .void, reason: reason)
        case .cancelled, .absent: becoming(.voided, .takeBookingBack)
        }
    }

    private func beingVoided(_ news: PaymentNews) -> Outcome {
        switch news {
        case .authorized, .actionRequired, .declined: (self, [])
        case .cancelled, .absent: becoming(.voided)
        case .captured: becoming(.captured, .refundAll)
        }
    }

    private func ended(_ news: PaymentNews) -> Outcome {
        switch news {
        case .authorized: becoming(.voiding, .void)
        case .captured: becoming(.captured, .refundAll)
        case .actionRequired, .declined, .cancelled, .absent: (self, [])
        }
    }
}
