import API
import Auth
import EventLoop
import HTTPClient
import SQLite
import Telemetry
import Time
import TypedID

/// One deployable service: its routes and what it needs around them.
public protocol Service: Sendable {
    /// The name of the executable, in logs and in error messages.
    static var name: String { get }
    static var migrations: [Migration] { get }
    /// A table that has rows as soon as the service has data of its own: sample data goes into an empty one only.
    static var mainTable: StaticString { get }
    /// Tables whose `id` this service makes: it goes on after the greatest there is, whatever its clock says.
    static var identified: [StaticString] { get }
    /// Ports that the service takes when none are set.
    static var defaultPorts: (public: UInt16, internal: UInt16) { get }
    /// Event loops when LOOPS is not set.
    static var defaultLoops: Int64 { get }

    /// - Throws: `SettingError` or `DatabaseError` when it cannot work as it is set up.
    init(_ context: ServiceContext) async throws

    var verifier: TokenVerifier { get }
    var routes: [Route] { get }
    /// Under `/internal/v1`, for other services alone.
    var internalRoutes: [Route] { get }
    /// What goes on beside requests; cancelled when the service stops.
    func work() async
    /// Commands of its own, beside those that all have.
    static var commands: [Command] { get }
    /// Begins what it keeps of the data that is there already: done at each start, before anything else is, and with
    /// sample data.
    static func begin(_ transaction: Transaction, at now: Timestamp) throws
    /// Its database was restored from a copy: what it has told others since that was made may be more than it knows
    /// now. Done once, after `begin` and before anything else is.
    static func restored(_ transaction: Transaction, at now: Timestamp) throws
}

extension Service {
    public static var identified: [StaticString] { [] }
    public var internalRoutes: [Route] { [] }
    public func work() async {}
    public static var commands: [Command] { [] }
    public static func begin(_ transaction: Transaction, at now: Timestamp) throws {}
    public static func restored(_ transaction: Transaction, at now: Timestamp) throws {}
    public static var defaultLoops: Int64 { 1 }
}

/// A command of a service's executable, such as `identity grant EMAIL ROLE`. It is run beside a service that may be
/// running: it leaves the database's schema and log alone.
public struct Command: Sendable {
    public let name: String
    /// What comes after the name, for the usage text.
    public let parameters: [String]
    /// Whether it reads what comes after the name itself, with `Options`.
    let takesOptions: Bool
    /// Whether, with these arguments, it writes nothing: it cannot then, whatever it does.
    let looks: @Sendable (_ arguments: [String]) -> Bool
    /// Returns what is printed.
    /// - Throws: whatever is then told to the person who ran it.
    public let run: @Sendable (_ arguments: [String], _ context: ServiceContext) async throws -> String

    public init(
        _ name: String, _ parameters: [String], takesOptions: Bool = false,
        looks: @escaping @Sendable (_ arguments: [String]) -> Bool = { _ in false },
        run: @escaping @Sendable (_ arguments: [String], _ context: ServiceContext) async throws -> String
    ) {
        self.name = name
        self.parameters = parameters
        self.takesOptions = takesOptions
        self.looks = looks
        self.run = run
    }
}

/// What a service is given to build itself from.
public struct ServiceContext: Sendable {
    public let settings: Settings
    public let database: Database
    public let loops: [EventLoop]
    public let clock: WallClock
    public let ids: Snowflake
    public let metrics: Metrics
    public let log: Logger
    let databasePath: String
    /// Makes the client for a neighbour.
    let connect: @Sendable (HTTPClient.Configuration) throws -> HTTPClient

    /// A client for the neighbour whose internal listener the setting `name` gives the address of.
    /// - Parameter purpose: what it is for, where the neighbour has another client here.
    /// - Throws: `SettingError` when it is not set.
    public func neighbour(_ neighbour: String, setting name: String, for purpose: String? = nil) throws -> HTTPClient {
        let url = try settings.required(name, for: "the internal address of \(neighbour), as http://127.0.0.1:9081")
        var configuration = HTTPClient.Configuration(
            neighbour: neighbour, baseURL: url, credential: try settings.serviceCredential())
        configuration.purpose = purpose
        return try connect(configuration)
    }

    /// A verifier that asks identity for its keys and keeps them beside the database.
    public func verifierOfIdentity() throws -> TokenVerifier {
        let identity = try neighbour("identity", setting: "IDENTITY_URL", for: "keys")
        return TokenVerifier(cachePath: databasePath + ".jwks.json", clock: clock) {
            let answer = try await identity.send(.get, "/internal/v1/jwks.json", trace: TraceContext())
            guard answer.status == 200, let keys = KeySet(json: answer.body) else { throw KeysUnreadable() }
            return keys
        }
    }
}

struct KeysUnreadable: Error {}
