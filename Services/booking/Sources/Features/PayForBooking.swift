import API
import Auth
import JSON
import SQLite
import Telemetry
import Time
import TypedID

extension BookingService {
    /// `POST /v1/bookings/{booking_id}/confirm` `{payment_method}` of a booking that costs something, where a provider
    /// takes the money: it is noted that the provider will be asked, it is asked, and what it says is noted with the
    /// booking's confirmation. Whoever asks again goes on where that ended.
    func payForBooking(
        _ bookingID: BookingID, of user: UserID, through provider: any PaymentProvider, _ wish: LanguageWish,
        _ request: Request
    ) async throws -> Response {
        let method = try PaymentMethod(request.body)?.name
        let begun: Begun
        switch try await begin(bookingID, user, method, wish) {
        case .asked(let asked): begun = asked
        case .lapsed(let refusal): return refusal
        }
        let payment = begun.payment
        var answer: ProviderAnswer
        if let intent = payment.intent {
            answer = await provider.look(at: intent, request.trace)
        } else {
            answer = await provider.authorize(payment, request.trace)
        }
        // Nothing was begun: the method is none.
        if case .refused(let code) = answer, payment.intent == nil {
            answer = .news(.declined(reason: code), intent: nil)
        }
        if answer == .denied {
            // What was asked for before may be held: that goes on.
            if begun.isNew { try await database.write { try $0.decline(denied: payment.id) } }
            throw PaymentRefusal.paymentUnavailable
        }
        guard case .news(let news, let intent) = answer else { throw PaymentRefusal.paymentUnanswered }
        return news == .authorized || news == .captured
            ? try await conclude(payment, news, intent, begun.language, request)
            : try await refuse(payment, news, intent, begun.language)
    }

    private enum Beginning {
        /// About which the provider is asked next.
        case asked(Begun)
        case lapsed(Response)
    }

    private struct Begun {
        let payment: Payment
        let isNew: Bool
        /// Of the mail, once it is paid.
        let language: Language
    }

    /// Before anybody is asked.
    private func begin(_ bookingID: BookingID, _ user: UserID, _ method: String?, _ wish: LanguageWish)
        async throws -> Beginning
    {
        let id: PaymentID = ids.next()
        return try await database.write { [clock, paymentLimits] transaction in
            let now = clock.now()
            let booking = try transaction.booking(bookingID, of: user)
            if let refusal = try transaction.refusalOfLapsed(booking, at: now) { return .lapsed(refusal) }
            _ = try booking.confirming(at: now)
            let closing = booking.secondsUntilClosing(at: now)
            let live = try Payment.continuing(
                transaction.livePayment(of: bookingID), with: method, closingIn: closing)
            let language = try transaction.note(wish, for: bookingID)
            if let live { return .asked(Begun(payment: live, isNew: false, language: language)) }
            guard let total = try transaction.total(of: bookingID), let method else {
                throw PaymentRefusal.paymentRequired
            }
            if let paymentLimits { try transaction.require(paymentLimits, forAnotherOf: booking, at: now) }
            let payment = Payment(
                id: id, bookingID: bookingID, amount: total.amount, currency: total.currency, method: method,
                createdAt: now)
            try transaction.begin(payment, settlingAt: booking.closesAt)
            return .asked(Begun(payment: payment, isNew: true, language: language))
        }
    }

    /// The money is there: the booking is confirmed, or was over before.
    private func conclude(
        _ payment: Payment, _ news: PaymentNews, _ intent: String?, _ language: Language, _ request: Request
    ) async throws -> Response {
        try await request.decide(in: database) { [clock, ids] transaction in
            let now = clock.now()
            let heard = try transaction.hear(news, intent, of: payment, confirmingIn: language, at: now, ids)
            guard heard.isConfirmed else {
                // Not thrown: what was noted stays.
                do throws(BookingRefusal) {
                    try heard.booking.requireOpen(at: now)
                    return PaymentRefusal.paymentDeclined(reason: heard.payment.reason ?? "refused").apiError.response
                } catch {
                    return error.apiError.response
                }
            }
            return .confirmed(heard.booking, try transaction.bill(of: heard.booking.id))
        }
    }

    private func refuse(
        _ payment: Payment, _ news: PaymentNews, _ intent: String?, _ language: Language
    ) async throws -> Response {
        let (heard, now) = try await database.write { [clock, ids] transaction in
            let now = clock.now()
            return (try transaction.hear(news, intent, of: payment, confirmingIn: language, at: now, ids), now)
        }
        try heard.booking.requireOpen(at: now)
        switch heard.payment.state {
        case .actionRequired: throw PaymentRefusal.paymentActionRequired
        case .declined: throw PaymentRefusal.paymentDeclined(reason: heard.payment.reason ?? "refused")
        default: throw PaymentRefusal.paymentUnanswered
        }
    }
}

/// What a customer pays with, by the provider's name for it.
private struct PaymentMethod {
    let name: String

    /// Nil where none is named.
    /// - Throws: 422 for one that is no text of 1 to 255 characters.
    init?(_ body: JSONValue) throws(APIError) {
        guard let given = body["payment_method"], given != .null else { return nil }
        var fields = Fields(body)
        guard let name = fields.text("payment_method", 1...255) else { throw fields.refusal }
        self.name = name
    }
}
