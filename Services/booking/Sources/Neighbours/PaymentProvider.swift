import Telemetry
import Time

/// Who holds, takes and gives back customers' money. Every question may be asked again: the key says that it is the same
/// one. None of them is asked within a transaction.
package protocol PaymentProvider: Sendable {
    /// As answers name it.
    var name: String { get }

    /// Holds the amount of a payment.
    func authorize(_ payment: Payment, _ trace: TraceContext) async -> ProviderAnswer
    /// What became of an intent.
    func look(at intent: String, _ trace: TraceContext) async -> ProviderAnswer
    /// The intent of a payment whose answer was never heard, and was asked for until then at the latest.
    func find(_ payment: Payment, until latest: Timestamp, _ trace: TraceContext) async -> ProviderAnswer
    func capture(_ intent: String, key: String, _ trace: TraceContext) async -> ProviderAnswer
    func void(_ intent: String, key: String, _ trace: TraceContext) async -> ProviderAnswer
    func refund(_ request: RefundRequest, key: String, _ trace: TraceContext) async -> RefundAnswer
    /// What became of a refund.
    func look(atRefund refund: String, _ trace: TraceContext) async -> RefundAnswer
    /// A refund whose answer was never heard. One that failed gave nothing back, and is not there.
    func findRefund(_ request: RefundRequest, _ trace: TraceContext) async -> RefundAnswer

    /// How an intent stands in the provider's books; nil where it did not answer, or does not know yet.
    func account(of intent: String, _ trace: TraceContext) async -> PaymentAccount?

    /// What the provider tells by itself.
    /// - Returns: nil unless it is signed by the provider, a short while ago.
    func told(_ body: [UInt8], signature: String, at now: Timestamp) -> ProviderEvent?
}

/// What the provider answers.
package enum ProviderAnswer: Equatable, Sendable {
    case news(PaymentNews, intent: String?)
    /// Not now: it is busy with the same question, or with too many.
    case transient
    /// Nobody knows whether it was done. One that `answered` keeps to that answer under the same key.
    case unknown(answered: Bool)
    /// It does not let us ask, as with a key that is not good: nothing was done.
    case denied
    /// The question is wrong, and will be.
    case refused(code: String)
}

/// Money that is to go back.
package struct RefundRequest: Equatable, Sendable {
    /// In the currency's smallest unit.
    package let amount: Int64
    package let currency: String
    package let intent: String
    package let payment: PaymentID
    /// By which the refund is found again, with its amount.
    package let job: Int64

    package init(_ amount: Int64, _ currency: String, of intent: String, payment: PaymentID, job: Int64) {
        self.amount = amount
        self.currency = currency
        self.intent = intent
        self.payment = payment
        self.job = job
    }
}

package enum RefundAnswer: Equatable, Sendable {
    case done(refund: String)
    /// The bank, or the customer, takes some days.
    case pending(refund: String)
    /// The bank did not want it: the money is the shop's again.
    case failed(reason: String)
    /// It was looked for and is not there.
    case absent
    case transient
    case unknown(answered: Bool)
    case refused(code: String)
}

/// Something that happened at the provider. It says which payment to look at; what became of it is asked.
package struct ProviderEvent: Equatable, Sendable {
    package let id: String
    package let type: String
    package let intent: String?
    /// Of an event of a refund.
    package let refund: String?
    package let paymentID: PaymentID?
}
