import API
import Auth
import EventLoop
import JSON
import TestSupport
import Testing
import Time

@testable import BookingService

/// Cursors, tokens and the codes of tickets: what was altered is never taken for another one.
@Suite struct SealedTextFuzzTests {
    private static let now: Int64 = 1_800_000_000

    @Test("a cursor is taken only where it is written as the seal writes it, for the list that it is of")
    func cursors() async throws {
        let key = CursorSeal.newKey()
        let seal = try #require(CursorSeal(key: key))
        let lists = ["movies sort=new", "movies sort=rating", ""]
        let keys: [[Int64]] = [[], [1], [.min, .max], [1, 2, 3], [0, -1, 1 << 40, 7]]
        let good = lists.flatMap { list in keys.map { Array(seal.cursor($0, of: list).utf8) } }
        try await Fuzz(name: "cursors", corpus: good, limit: 4096).run { mutator in
            (mutator.input(from: good, limit: 4096), mutator.pick(lists))
        } fault: { input, list in
            let text = String(decoding: input, as: UTF8.self)
            guard let read = seal.keys(text, of: list) else { return good.contains(input) ? other(input, list) : nil }
            return Array(seal.cursor(read, of: list).utf8) == input ? nil : "another spelling is taken for \(read)"
        }

        /// One that is good has to be of another list.
        func other(_ input: [UInt8], _ list: String) -> String? {
            keys.contains { Array(seal.cursor($0, of: list).utf8) == input } ? "a good one is refused" : nil
        }
    }

    @Test("a token that was altered in any way is refused, also by who has just met the good one")
    func tokens() async throws {
        let key = try #require(Ed25519.PrivateKey.generate())
        let good = try [("usr_1", Role.customer), ("usr_2", .admin), ("usr_9223372036854775807", .staff)].map {
            let token = AccessToken(subject: $0, role: $1, issuedAt: Self.now, expiresAt: Self.now + 60)
            return Array(try #require(token.signed(with: key)).utf8)
        }
        let clock = WallClock { Timestamp(rawValue: Self.now * 1000) }
        let verifier = TokenVerifier(cachePath: nil, clock: clock) { KeySet([key.publicKey]) }
        let loop = try EventLoop(name: "fuzz")
        defer { loop.stop() }
        for token in good {
            _ = try await loop.perform { try await verifier.verify(String(decoding: token, as: UTF8.self)) }
        }
        try await Fuzz(name: "tokens", corpus: good, limit: 16_384).run { input in
            let text = String(decoding: input, as: UTF8.self)
            // What is remembered is remembered on the loop.
            let isTaken = await loop.perform { (try? await verifier.verify(text)) != nil }
            return isTaken == good.contains(Array(text.utf8)) ? nil : isTaken ? "taken" : "a good one is refused"
        }
    }

    @Test("no claims under a good signature make more than a refusal")
    func claims() async throws {
        let key = try #require(Ed25519.PrivateKey.generate())
        let set = KeySet([key.publicKey])
        let claims = [
            #"{"iss":"marquee/identity","aud":"marquee","sub":"usr_1","role":"admin","iat":1800000000,"exp":1800000060}"#,
            #"{"iss":"marquee/identity","aud":"marquee","sub":"usr_1","role":"admin","iat":-9223372036854775808,"exp":9223372036854775807}"#,
            #"{"iss":"marquee/booking","aud":"door","sub":"tkt_1","bkg":"bkg_1","ses":"ses_1","plc":"plc_1","gen":1}"#,
        ].map { Array($0.utf8) }
        let clock = WallClock { Timestamp(rawValue: Self.now * 1000) }
        try await Fuzz(name: "claims", corpus: claims, limit: 1_000).run { input in
            for type in ["at+jwt", "ticket+jwt"] {
                let header = #"{"alg":"EdDSA","typ":"\#(type)","kid":"\#(KeySet.thumbprint(key.publicKey))"}"#
                let message = Base64URL.encode(Array(header.utf8)) + "." + Base64URL.encode(input)
                let text = message + "." + Base64URL.encode(key.signature(of: Array(message.utf8)) ?? [])
                let verifier = TokenVerifier(cachePath: nil, clock: clock) { set }
                let principal = try? await verifier.verify(text)
                let code = TicketCode(text) { set[$0] }
                if type == "ticket+jwt", principal != nil { return "a ticket lets its owner in as a user" }
                if type == "at+jwt", code != nil { return "a token is taken for a ticket" }
            }
            return nil
        }
    }

    @Test("a ticket's code that was altered in any way is refused")
    func tickets() async throws {
        let (key, stranger) = (try #require(Ed25519.PrivateKey.generate()), try #require(Ed25519.PrivateKey.generate()))
        func code(_ number: Int, _ key: Ed25519.PrivateKey) throws -> [UInt8] {
            let text = SignedClaims.text(type: TicketCode.type, signedWith: key) { json in
                json.field("iss", TicketCode.issuer)
                json.field("aud", TicketCode.audience)
                json.field("sub", "tkt_\(number)")
                json.field("ses", "ses_1")
                json.field("plc", "plc_1")
                json.field("gen", Int64(number))
            }
            return Array(try #require(text).utf8)
        }
        let good = try (1...4).map { try code($0, key) }
        let set = KeySet([key.publicKey])
        try await Fuzz(name: "tickets", corpus: good + [try code(5, stranger)], limit: 16_384).run { input in
            let text = String(decoding: input, as: UTF8.self)
            let isTaken = TicketCode(text) { set[$0] } != nil
            return isTaken == good.contains(Array(text.utf8)) ? nil : isTaken ? "taken" : "a good one is refused"
        }
    }
}
