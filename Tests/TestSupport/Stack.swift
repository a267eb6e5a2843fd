import Auth
import Glibc
import Lifecycle
import Time

/// Marquee as it runs in production: the four executables, each with its own database file, behind the gateway.
public final class Stack: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let reason: String
        public var description: String { reason }

        public init(reason: String) { self.reason = reason }
    }

    public static let names = ["identity", "catalog", "booking", "analytics"]
    public static let credential = "a-credential-for-tests"

    /// Where the databases and the logs are.
    public let directory: String
    public let services: [StackService]
    public let gateway: Address
    /// What identity signs tokens with.
    public let key: Ed25519.PrivateKey
    private let nginx: StackGateway

    private init(
        limits: Bool, databases: String?, settings: [String: String], fixtures: [String: String]
    ) async throws {
        // An address of the loopback network that no other stack has. The ports are below those that the kernel hands
        // out: what is killed finds them free again.
        let host = "127.\(Int.random(in: 1...254)).\(Int.random(in: 0...255)).\(Int.random(in: 1...254))"
        let directory = temporaryPath("stack")
        guard mkdir(directory, 0o755) == 0 else { throw Failure(reason: "no \(directory): \(errno)") }
        var environment = ["INTERNAL_TOKEN": Self.credential, "LIMITS": limits ? "on" : "off"]
        for (number, name) in Self.names.enumerated() {
            environment["\(name.uppercased())_URL"] = "http://\(host):\(9081 + number)"
        }
        environment.merge(settings) { _, own in own }
        let services = Self.names.enumerated().map { number, name in
            StackService(
                name, in: directory, databases: databases ?? directory,
                public: Address(host: host, port: UInt16(8081 + number)),
                internal: Address(host: host, port: UInt16(9081 + number)), environment: environment)
        }
        try await withThrowingTaskGroup { group in
            for service in services {
                let fixture = fixtures[service.name] ?? ""
                group.addTask { try await service.prepare(fixture) }
            }
            try await group.waitForAll()
        }
        // Identity first: the others ask it for its keys.
        for service in services { try await service.start() }
        key = try await services[0].signingKey()
        gateway = Address(host: host, port: 8080)
        nginx = try await StackGateway(at: gateway, in: directory, limits: limits, services: services)
        self.directory = directory
        self.services = services
    }

    /// Runs `body` against a new stack, which is gone however that ends. One runs at a time: each is a whole
    /// installation, and a test machine is small.
    /// - Parameters:
    ///   - limits: whether addresses are limited in how often they may sign up and in.
    ///   - databases: a directory for the database files, where they shall not be among the rest.
    ///   - settings: for all four, besides the usual ones.
    ///   - fixtures: SQL by a service's name, for what is in its database besides the sample data.
    public static func run(
        limits: Bool = false, databases: String? = nil, settings: [String: String] = [:],
        fixtures: [String: String] = [:],
        _ body: (Stack) async throws -> Void
    ) async throws {
        await turns.take()
        defer { turns.give() }
        let stack = try await Stack(limits: limits, databases: databases, settings: settings, fixtures: fixtures)
        do {
            try await body(stack)
        } catch {
            try await stack.stop()
            throw error
        }
        try await stack.stop()
    }

    private static let turns = Turns()

    /// In the order in which `make run` stops things, so that services leave behind what coverage is measured from.
    private func stop() async throws {
        try await nginx.stop()
        for service in services { service.askToEnd() }
        for service in services { try await service.kill(afterSeconds: 15) }
    }

    public subscript(name: String) -> StackService {
        guard let service = services.first(where: { $0.name == name }) else { preconditionFailure("no such service") }
        return service
    }

    /// What the gateway has written: an access log, and complaints. The newest lines may come a second late.
    public var gatewayLog: String { nginx.log }
}

extension Stack {
    /// A good token, signed as identity signs them.
    public func token(
        user: Int64, role: Role = .customer, issuedSecondsAgo age: Int64 = 0, lifetimeSeconds: Int64 = 3600
    ) -> String {
        let issued = WallClock.system.now().rawValue / 1000 - age
        let token = AccessToken(
            subject: "usr_\(user)", role: role, issuedAt: issued, expiresAt: issued + lifetimeSeconds)
        return token.signed(with: key) ?? ""
    }

    /// Asks through the gateway. A body goes as JSON unless `headers` say otherwise.
    public func send(
        _ method: String, _ target: String, token: String? = nil, headers: [(String, String)] = [], body: [UInt8]? = nil
    ) async throws -> Answer {
        var all = headers
        if let token { all.append(("Authorization", "Bearer \(token)")) }
        if body != nil, !headers.contains(where: { $0.0.lowercased() == "content-type" }) {
            all.append(("Content-Type", "application/json"))
        }
        return try await RawHTTP.send(
            method, target, host: gateway.host, port: gateway.port, headers: all, body: body)
    }

    public func get(_ target: String, token: String? = nil) async throws -> Answer {
        try await send("GET", target, token: token)
    }

    public func post(
        _ target: String, _ body: String? = nil, token: String? = nil, headers: [(String, String)] = []
    ) async throws -> Answer {
        try await send("POST", target, token: token, headers: headers, body: body.map { Array($0.utf8) })
    }

    /// A client that keeps its connection to the gateway.
    public func connection() -> HTTPConnection { HTTPConnection(host: gateway.host, port: gateway.port) }
}
