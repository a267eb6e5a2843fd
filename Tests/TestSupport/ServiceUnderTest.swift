import Auth
import JSON
import Lifecycle
import Telemetry
import Time

/// A service as it runs in production, in this process: real listeners on free ports, a real database file, its own
/// loops; only the clock is the test's.
public final class ServiceUnderTest<S: Service>: Sendable {
    public static var credential: String { "a-credential-for-tests" }

    public let running: RunningService<S>
    public let clock: ManualClock
    public let databasePath: String
    /// What tokens are signed with: the service finds its public part where identity's keys are cached.
    public let key: Ed25519.PrivateKey

    /// - Parameters:
    ///   - databasePath: an existing file, to begin where another run has ended; a new one otherwise.
    ///   - settings: in place of, or besides, the usual ones.
    public init(
        _: S.Type = S.self, clock: ManualClock = ManualClock(), databasePath: String? = nil,
        key: Ed25519.PrivateKey? = nil, settings: [String: String] = [:], log: Logger? = nil
    ) async throws {
        let path = databasePath ?? temporaryPath("\(S.name).db")
        guard let key = key ?? Ed25519.PrivateKey.generate() else { throw RawHTTP.Failure(reason: "no key") }
        try writeFile(path + ".jwks.json", KeySet([key.publicKey]).json)
        let nobody = "http://127.0.0.1:1"
        let usual = [
            "DATABASE": path, "PUBLIC_ADDRESS": "127.0.0.1:0", "INTERNAL_ADDRESS": "127.0.0.1:0",
            "INTERNAL_TOKEN": Self.credential, "IDENTITY_URL": nobody, "CATALOG_URL": nobody, "BOOKING_URL": nobody,
            "ANALYTICS_URL": nobody,
        ]
        running = try await RunningService(
            settings: Settings(usual.merging(settings) { _, own in own }), clock: clock.wall,
            log: log ?? Logger(service: S.name, level: .error))
        self.clock = clock
        self.key = key
        self.databasePath = path
    }

    public func stop() async { await running.stop() }

    /// Runs `body` against a new service, which is stopped however that ends.
    public static func run(
        _: S.Type = S.self, settings: [String: String] = [:],
        _ body: (ServiceUnderTest<S>) async throws -> Void
    ) async throws {
        let service = try await ServiceUnderTest(S.self, settings: settings)
        do {
            try await body(service)
        } catch {
            await service.stop()
            throw error
        }
        await service.stop()
    }

    /// A good token, as identity would have signed it.
    public func token(_ subject: String = "usr_1", _ role: Role = .customer, lifetimeSeconds: Int64 = 3600) -> String {
        let now = clock.now.rawValue / 1000
        let token = AccessToken(subject: subject, role: role, issuedAt: now, expiresAt: now + lifetimeSeconds)
        return token.signed(with: key) ?? ""
    }

    /// Asks the public listener. A body goes as JSON unless `headers` say otherwise.
    public func send(
        _ method: String, _ target: String, token: String? = nil, headers: [(String, String)] = [], body: String? = nil
    ) async throws -> Answer {
        try await Self.send(
            method, target, running.publicAddress.port, token, headers, body.map { Array($0.utf8) })
    }

    public func get(_ target: String, token: String? = nil) async throws -> Answer {
        try await send("GET", target, token: token)
    }

    public func post(
        _ target: String, _ body: String? = nil, token: String? = nil, headers: [(String, String)] = []
    ) async throws -> Answer {
        try await send("POST", target, token: token, headers: headers, body: body)
    }

    /// Asks the internal listener, as another service does.
    public func sendInternal(
        _ method: String, _ target: String, credential: String? = credential, body: String? = nil
    ) async throws -> Answer {
        try await Self.send(
            method, target, running.internalAddress.port, credential, [], body.map { Array($0.utf8) })
    }

    private static func send(
        _ method: String, _ target: String, _ port: UInt16, _ token: String?, _ headers: [(String, String)],
        _ body: [UInt8]?
    ) async throws -> Answer {
        var all = headers
        if let token { all.append(("Authorization", "Bearer \(token)")) }
        if body != nil, !headers.contains(where: { $0.0.lowercased() == "content-type" }) {
            all.append(("Content-Type", "application/json"))
        }
        return try await RawHTTP.send(method, target, port: port, headers: all, body: body)
    }
}
