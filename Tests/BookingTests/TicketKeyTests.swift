import Auth
import BookingService
import HTTPServer
import JSON
import Lifecycle
import SQLite
import Synchronization
import TestSupport
import Testing

@Suite struct TicketKeyTests {
    private static let hour: Int64 = 3_600_000

    private func rotate(_ box: BoxOffice) async throws -> String {
        let rotate = try #require(BookingService.commands.first { $0.name == "rotate-ticket-key" })
        return try await rotate.run([], box.service.running.context)
    }

    private func keyID(_ code: String) throws -> String { try SignedClaims(code, type: "ticket+jwt").keyID }

    @Test("identity is told the key until it has taken it")
    func registration() async throws {
        let told = Mutex<[JSONValue]>([])
        let identity = try Neighbour(reading: { _, body in
            guard let key = (try? JSONValue(parsing: body))?["key"] else { return HTTPResponse(status: 503) }
            return told.withLock { told in
                told.append(key)
                return HTTPResponse(status: told.count < 3 ? 500 : 204)
            }
        })
        try await BoxOffice.run(settings: ["IDENTITY_URL": identity.url]) { box async throws in
            await eventually { told.withLock { $0.count } >= 3 }
            let key = told.withLock { $0.count == 3 ? $0.last : nil }
            #expect(Answer.names(key) == ["kty", "crv", "x", "purpose"] && key?["purpose"] == "tickets")
            let bytes = try #require(key?["x"]?.stringValue.flatMap(Base64URL.decode))
            let publicKey = try #require(Ed25519.PublicKey(bytes: bytes))
            #expect(identity.targets.contains("/internal/v1/keys/\(KeySet.thumbprint(publicKey))"))
            let code = try #require(try await box.codes(of: box.sell()).first)
            #expect(try SignedClaims(code, type: "ticket+jwt").isSigned(by: publicKey))
        }
        await identity.stop()
    }

    @Test("the key outlives a restart, and no other service's tokens are tickets")
    func kept() async throws {
        try await BoxOffice.run { box async throws in
            let code = try #require(try await box.codes(of: box.sell()).first)
            await box.service.stop()
            let again = try await ServiceUnderTest(
                BookingService.self, clock: box.service.clock, databasePath: box.service.databasePath,
                key: box.service.key, settings: box.settings)
            let answer = try await again.post(
                "/v1/check-ins", #"{"token":"\#(code)","session_id":"\#(BoxOffice.session)"}"#,
                token: again.token("usr_8", .staff))
            #expect(answer.status == 201)
            await again.stop()
        }
    }

    @Test("a new key signs an hour later; the old one is good until the sessions are over that it signed for")
    func rotation() async throws {
        try await BoxOffice.run(startsInMilliseconds: 5 * Self.hour, settings: ["DOOR_OPENS_MINUTES": "300"]) {
            box async throws in
            let booking = try await box.sell(2)
            let old = try await box.codes(of: booking)
            #expect(try await rotate(box).contains("2026-11-20T19:30:00.000Z"))
            await #expect(throws: (any Error).self) { try await rotate(box) }
            #expect(try await box.codes(of: booking) == old)
            box.service.clock.advance(byMilliseconds: Self.hour)
            let new = try await box.codes(of: booking)
            #expect(try keyID(new[0]) != keyID(old[0]))
            #expect(try await box.checkIn(old[0]).status == 201)
            #expect(try await box.checkIn(new[1]).status == 201)
            await #expect(throws: (any Error).self) { try await rotate(box) }
            box.service.clock.advance(byMilliseconds: 28 * Self.hour)
            _ = try await rotate(box)
            #expect(try await box.checkIn(old[0]).codes == ["ticket_invalid"])
            #expect(try await box.checkIn(new[1]).codes == ["already_admitted"])
        }
    }
}
