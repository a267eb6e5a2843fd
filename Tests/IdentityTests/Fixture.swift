import Auth
import IdentityService
import JSON
import Lifecycle
import Synchronization
import Telemetry
import TestSupport
import Testing

typealias Identity = ServiceUnderTest<IdentityService>

let goodPassword = "correct horse battery staple"

/// Runs `body` against a service that is stopped however that ends.
/// - Parameter databasePath: an existing file, to begin where another run has ended.
func withIdentity<T>(
    _ settings: [String: String] = [:], clock: ManualClock = ManualClock(), databasePath: String? = nil,
    log: LogLines = LogLines(), isolation: isolated (any Actor)? = #isolation, _ body: (Identity) async throws -> T
) async throws -> T {
    let identity = try await Identity(
        clock: clock, databasePath: databasePath, settings: settings,
        log: Logger(service: "identity", level: .debug, clock: clock.wall) { log.append($0) })
    do {
        let value = try await body(identity)
        await identity.stop()
        return value
    } catch {
        await identity.stop()
        throw error
    }
}

extension ServiceUnderTest<IdentityService> {
    var service: IdentityService { running.service }

    /// A new account's id.
    @discardableResult
    func signUp(_ email: String, _ password: String = goodPassword) async throws -> String {
        let answer = try await post("/v1/auth/signup", credentials(email, password))
        try #require(answer.status == 201, "\(answer.codes)")
        return try #require(answer.json["user"]?["id"]?.stringValue)
    }

    func signIn(_ email: String, _ password: String = goodPassword) async throws -> String {
        let answer = try await post("/v1/auth/signin", credentials(email, password))
        try #require(answer.status == 200, "\(answer.codes)")
        return try #require(answer.json["token"]?.stringValue)
    }

    /// A new account with a role: its id and a token.
    func person(_ email: String, _ role: Role = .customer) async throws -> (id: String, token: String) {
        let id = try await signUp(email)
        if role > .customer { try await command("grant", email, role.rawValue) }
        return (id, try await signIn(email))
    }

    func me(_ token: String) async throws -> Answer { try await get("/v1/auth/me", token: token) }

    func changePassword(
        _ token: String, from current: String = goodPassword, to new: String, key: String? = nil
    ) async throws -> Answer {
        try await post(
            "/v1/auth/password", json(["current_password": .string(current), "new_password": .string(new)]),
            token: token, headers: key.map { [("Idempotency-Key", $0)] } ?? [])
    }

    /// What a command of the executable prints, on this service's database.
    @discardableResult
    func command(_ name: String, _ arguments: String...) async throws -> String {
        let command = try #require(IdentityService.commands.first { $0.name == name })
        return try await command.run(arguments, running.context)
    }
}

func credentials(_ email: String, _ password: String = goodPassword) -> String {
    json(["email": .string(email), "password": .string(password)])
}

func json(_ value: JSONValue) -> String {
    var writer = JSONWriter()
    value.write(to: &writer)
    return String(decoding: writer.bytes, as: UTF8.self)
}

/// What a service has logged.
final class LogLines: Sendable {
    private let lines = Mutex<[String]>([])

    func append(_ line: [UInt8]) { lines.withLock { $0.append(String(decoding: line, as: UTF8.self)) } }

    var all: [String] { lines.withLock { $0 } }
}
