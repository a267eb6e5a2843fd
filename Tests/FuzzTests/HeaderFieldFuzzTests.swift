import API
import Auth
import EventLoop
import HTTPClient
import JSON
import Telemetry
import TestSupport
import Testing
import Text
import Time

@testable import API
@testable import BookingService
@testable import IdentityService

/// Fields of a head that are ours to read, and what a provider of payments signs.
@Suite struct HeaderFieldFuzzTests {
    @Test("what a provider has signed is believed only as it was signed, and only by its time")
    func signatures() async throws {
        let (secret, now) = (Array("whsec_test".utf8), Timestamp(rawValue: 1_800_000_000_000))
        let bodies = [
            #"{"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","object":"payment_intent","#
                + #""metadata":{"payment":"pay_1"}}}}"#, "{}",
        ].map { Array($0.utf8) }
        func digits(_ seconds: String, _ body: [UInt8]) -> String {
            HMACSHA256.code(of: Array("\(seconds).".utf8) + body, key: secret).map { byte in
                String(byte, radix: 16).count == 1 ? "0\(String(byte, radix: 16))" : String(byte, radix: 16)
            }.joined()
        }
        let (seconds, code) = ("1800000000", digits("1800000000", bodies[0]))
        let good = ["t=\(seconds),v1=\(code)", "t=\(seconds),v1=\(String(repeating: "0", count: 64)),v1=\(code)"]
        try await Fuzz(name: "signatures", corpus: []).run { mutator in
            (
                mutator.once(in: 2)
                    ? Array(good[0].utf8) : mutator.input(from: good.map { Array($0.utf8) }, limit: 16_384),
                mutator.once(in: 2) ? bodies[0] : mutator.input(from: bodies, limit: 65_536)
            )
        } fault: { header, body in
            let text = String(decoding: header, as: UTF8.self)
            let isGood = body == bodies[0] && good.contains(text)
            let isBelieved = Stripe.isSigned(body, text, secret, at: now)
            if isGood, !isBelieved { return "a good one is refused" }
            let isOurs = body == bodies[0] && text.contains(seconds) && text.lowercased().contains(code)
            return isBelieved && !isOurs ? "\(text) is believed" : nil
        }
    }

    @Test("no body makes more than a refusal where it is signed, or no more than names that are names")
    func providerEvents() async throws {
        let loop = try EventLoop(name: "fuzz")
        defer { loop.stop() }
        let client = try HTTPClient(Stripe.configuration(url: "http://127.0.0.1:9", secretKey: "sk_test"), loop: loop)
        let provider = Stripe(client, webhookSecret: "whsec_test", log: Logger(service: "booking"))
        let bodies = [
            #"{"id":"evt_1","type":"payment_intent.succeeded","data":{"object":{"id":"pi_1","object":"payment_intent","#
                + #""metadata":{"payment":"pay_1"}}}}"#,
            #"{"id":"evt_2","type":"charge.refunded","data":{"object":{"object":"charge","payment_intent":"pi_2"}}}"#,
        ].map { Array($0.utf8) }
        try await Fuzz(name: "provider events", corpus: bodies).run { body in
            let code = HMACSHA256.code(of: Array("1800000000.".utf8) + body, key: Array("whsec_test".utf8))
            let digits = code.map { String(Int($0) + 256, radix: 16).dropFirst() }.joined()
            let event = provider.told(
                body, signature: "t=1800000000,v1=\(digits)", at: Timestamp(rawValue: 1_800_000_000_000))
            guard let intent = event?.intent else { return nil }
            return intent.utf8.allSatisfy { isNameByte($0) } ? nil : "an intent called \(intent)"
        }
    }

    private func isNameByte(_ byte: UInt8) -> Bool {
        (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || byte == 95
    }

    @Test("an Idempotency-Key is printable ASCII, and the same with quotes around it")
    func idempotencyKeys() async throws {
        let good = ["k", "\"k\"", "8e03978e-40d5-43dd-bc93-6894a57f9324", String(repeating: "k", count: 255), "\""]
        try await Fuzz(name: "idempotency keys", corpus: good.map { Array($0.utf8) }, limit: 4_096).run { input in
            guard let key = try? Idempotency.key(String(decoding: input, as: UTF8.self)) else { return nil }
            guard (1...255).contains(key.utf8.count), key.utf8.allSatisfy({ (0x20...0x7E).contains($0) }) else {
                return "the key \(key)"
            }
            return try Idempotency.key("\"\(key)\"") == key ? nil : "quotes are part of it"
        }
    }

    @Test("an entity tag matches itself, and what does not hold it never")
    func entityTags() async throws {
        let answer = Response(status: 200, json: Array("{}".utf8)).tagged()
        let tag = try #require(answer.entityTag)
        let good = ["*", tag, "W/\(tag)", "\"a\", \(tag)", "\"a\",\t W/\(tag) ,\"b\"", "\"\"", "W/"].map {
            Array($0.utf8)
        }
        try await Fuzz(name: "entity tags", corpus: good, limit: 16_384).run { input in
            let text = String(decoding: input, as: UTF8.self)
            let matches = answer.matches(ifNoneMatch: text)
            if good.prefix(5).contains(input), !matches { return "a good one does not match" }
            return matches && text != "*" && !text.utf8.contains(tag.utf8) ? "matched" : nil
        }
    }

    @Test("a language that is read is one that was named, or any")
    func languages() async throws {
        let good = ["fr", "en-GB,en;q=0.9,fr;q=0.8", "*", "de;q=1, *;q=0.5", "fr;q=0,en;q=0.001", "EN ; q = 0.5"].map {
            Array($0.utf8)
        }
        try await Fuzz(name: "languages", corpus: good, limit: 16_384).run { input in
            let text = String(decoding: input, as: UTF8.self)
            guard let language = Language(accepting: text) else { return nil }
            // Spaces within it do no harm.
            let plain = text.filter { $0 != " " && $0 != "\t" }.lowercased()
            return plain.contains(language.rawValue) || text.contains("*") ? nil : "\(language)"
        }
    }

    @Test("what ties a request's parts together is safe to be passed on and logged, whatever was sent")
    func traces() async throws {
        let good = ["00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", "Order-7.retry_2:b", "ff-0-0-0", ""].map
        {
            Array($0.utf8)
        }
        try await Fuzz(name: "traces", corpus: good, limit: 4_096).run { input in
            let text = String(decoding: input, as: UTF8.self)
            let trace = TraceContext(requestID: text, traceparent: text)
            let isSafe = trace.requestID.utf8.allSatisfy { isNameByte($0) || "._:-".utf8.contains($0) }
            guard isSafe, (1...128).contains(trace.requestID.utf8.count) else { return "the id \(trace.requestID)" }
            let again = TraceContext(traceparent: trace.traceparent)
            return again.traceID == trace.traceID && trace.traceparent.utf8.count == 55 ? nil : trace.traceparent
        }
    }

    @Test("an e-mail address has one folded form, which is its own")
    func emails() async throws {
        let good = ["ada@example.com", "Élodie.Ñ@exämple.fr", "ﬁ@ｅxample.com", "ß@b.c", "ΑΣ@b.c", "a+b@c.d", "İ@i.j"]
            .map { Array($0.utf8) }
        try await Fuzz(name: "e-mail addresses", corpus: good, limit: 2_000).run { input in
            guard let email = Email(String(decoding: input, as: UTF8.self).nfc.trimmed) else { return nil }
            guard !email.text.hasControlCharacters(), email.text.codePointCount <= 254 else { return "taken" }
            return email.folded.caseFolded == email.folded ? nil : "folded twice it is \(email.folded.caseFolded)"
        }
    }

    @Test("how long to wait is a number of seconds that people might wait")
    func waits() async throws {
        let good = ["0", "1", "999999", "-1", "Wed, 21 Oct 2026 07:28:00 GMT"].map { Array($0.utf8) }
        try await Fuzz(name: "waits", corpus: good, limit: 1_000).run { input in
            let wait = RetryPolicy.retryAfter(String(decoding: input, as: UTF8.self))
            return wait.map { (0...999_999_000).contains($0) } ?? true ? nil : "\(wait ?? 0) ms"
        }
    }
}
