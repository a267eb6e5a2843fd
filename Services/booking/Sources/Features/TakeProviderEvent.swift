import API
import JSON
import SQLite
import Telemetry
import Time
import TypedID

extension BookingService {
    /// `POST /v1/payments/stripe/webhook`, by the provider alone, who signs it: something happened to a payment. It may
    /// come late, twice or out of order, so it decides nothing: it names what was not known yet, and has whoever works on
    /// the payment look at it now.
    func takeProviderEvent(_ request: Request) async throws -> Response {
        guard let finisher else { throw PaymentRefusal.paymentNotFound }
        let now = clock.now()
        let signature = request.header("stripe-signature") ?? ""
        guard let event = finisher.told(request.bytes, signature: signature, at: now) else {
            throw PaymentRefusal.signatureInvalid
        }
        if let payment = event.paymentID {
            let isKnown = try await database.write { transaction in try transaction.take(event, of: payment, at: now) }
            if !isKnown { report(event, of: payment) }
        }
        return .json { $0.field("received", true) }
    }

    /// Money of a customer's that booking knows nothing of: it was restored from a copy that is older than the payment.
    private func report(_ event: ProviderEvent, of payment: PaymentID) {
        paymentMetrics.countUnknownEvent()
        log.warning(
            "payment_unknown",
            [
                ("payment", .string("\(payment)")), ("intent", .string(event.intent ?? "")),
                ("type", .string(event.type)),
            ])
    }
}

extension Transaction {
    /// - Returns: whether the payment is known.
    fileprivate func take(_ event: ProviderEvent, of id: PaymentID, at now: Timestamp) throws -> Bool {
        guard let payment = try payment(id) else { return false }
        // Another intent of the same name is none of ours.
        guard let intent = event.intent, payment.intent == nil || payment.intent == intent else { return true }
        let added = try execute(
            """
            INSERT INTO payment_events (id, payment_id, type, told_at) VALUES (\(event.id), \(id), \(event.type), \(now))
            ON CONFLICT (id) DO NOTHING
            """)
        guard added > 0 else { return true }
        try execute(
            """
            DELETE FROM payment_events WHERE id IN (
                SELECT id FROM payment_events WHERE told_at < \(now.advanced(byMilliseconds: -2_592_000_000))
                ORDER BY told_at LIMIT 4)
            """)
        if payment.intent == nil { try keep(payment.named(intent)) }
        try hurryJobs(of: id, at: now)
        if let refund = event.refund { try resume(refund: refund, of: id, at: now) }
        // Thought to be nowhere, it was somewhere: whatever it holds is let go.
        if payment.intent == nil, payment.state == .voided || payment.state == .declined {
            try add(.void, to: id, at: now)
        }
        return true
    }
}
