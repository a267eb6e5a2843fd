import Auth
import JSON
import Time
import TypedID

extension Stripe {
    /// Older or newer than this is somebody else's repetition (docs.stripe.com, "Receive Stripe events in your webhook
    /// endpoint", the part on replays).
    private static let toleranceMilliseconds: Int64 = 300_000
    /// Two while a secret is replaced; more are of no use, and each costs a hash.
    private static let mostSignatures = 8

    package func told(_ body: [UInt8], signature header: String, at now: Timestamp) -> ProviderEvent? {
        guard Self.isSigned(body, header, webhookSecret, at: now),
            let event = try? JSONValue(parsing: body), let id = event["id"]?.stringValue,
            (1...255).contains(id.utf8.count)
        else { return nil }
        let object = event["data"]?["object"] ?? .null
        let isIntent = object["object"] == "payment_intent"
        let intent = isIntent ? object["id"]?.stringValue : object["payment_intent"]?.stringValue
        return ProviderEvent(
            id: id, type: event["type"]?.stringValue ?? "",
            intent: intent.flatMap { StripeAnswer.isName($0) ? $0 : nil },
            refund: object["object"] == "refund" ? object["id"]?.stringValue : nil,
            paymentID: object["metadata"]?["payment"]?.stringValue.flatMap(PaymentID.init))
    }

    /// `Stripe-Signature: t=<seconds>,v1=<hex>,v1=<hex>`: one of them is of the time, a dot and the body, by the secret
    /// (docs.stripe.com, "Verify webhook signatures manually").
    package static func isSigned(_ body: [UInt8], _ header: String, _ secret: [UInt8], at now: Timestamp) -> Bool {
        var seconds: Substring?
        var codes: [[UInt8]] = []
        for part in header.split(separator: ",").prefix(32) {
            let pair = part.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { continue }
            switch pair[0].drop(while: { $0 == " " }) {
            case "t": seconds = pair[1]
            case "v1": codes += bytes(ofHex: pair[1]).map { [$0] } ?? []
            default: break
            }
        }
        guard let seconds, (1...12).contains(seconds.utf8.count), let time = Int64(seconds),
            abs(now.rawValue - time * 1000) <= toleranceMilliseconds
        else { return false }
        let message = Array("\(seconds).".utf8) + body
        let expected = HMACSHA256.code(of: message, key: secret)
        // All of them, so that the time does not say which one it was.
        return codes.prefix(mostSignatures).map { HMACSHA256.areEqual($0, expected) }.contains(true)
    }

    private static func bytes(ofHex digits: Substring) -> [UInt8]? {
        let values = digits.utf8.map { UInt8(String(UnicodeScalar($0)), radix: 16) }
        guard values.count == 2 * HMACSHA256.length, !values.contains(nil) else { return nil }
        return stride(from: 0, to: values.count, by: 2).map { (values[$0] ?? 0) << 4 | (values[$0 + 1] ?? 0) }
    }
}
