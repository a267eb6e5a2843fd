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
    /// The intent of a payment whose answer was never heard.
    func find(_ payment: Payment, _ trace: TraceContext) async -> ProviderAnswer
    func capture(_ intent: String, key: String, _ trace: TraceContext) async -> ProviderAnswer
    func void(_ intent: String, key: String, _ trace: TraceContext) async -> ProviderAnswer
    /// - Parameter job: by which the refund is found again.
    func refund(_ amount: Int64, of intent: String, job: Int64, key: String, _ trace: TraceContext) async
        -> RefundAnswer
    func findRefund(of intent: String, job: Int64, _ trace: TraceContext) async -> RefundAnswer

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
    /// The question is wrong, and will be.
    case refused(code: String)
}

package enum RefundAnswer: Equatable, Sendable {
    case done
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
    package let paymentID: PaymentID?
}
