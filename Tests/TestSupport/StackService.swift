import Auth
import Glibc
import JSON
import Lifecycle
import Synchronization

/// One of the four services as the executable that is shipped, with a database file of its own. It may be frozen,
/// killed and started again, always at the same addresses.
public final class StackService: Sendable {
    public let name: String
    public let publicAddress: Address
    public let internalAddress: Address
    public let databasePath: String

    private let logPath: String
    private let environment: [String: String]
    private let process = Mutex<ChildProcess?>(nil)

    init(
        _ name: String, in directory: String, databases: String, public publicAddress: Address,
        internal internalAddress: Address, environment: [String: String]
    ) {
        self.name = name
        self.publicAddress = publicAddress
        self.internalAddress = internalAddress
        databasePath = "\(databases)/\(name).db"
        logPath = "\(directory)/\(name).log"
        let own = [
            "PUBLIC_ADDRESS": "\(publicAddress)", "INTERNAL_ADDRESS": "\(internalAddress)", "DATABASE": databasePath,
        ]
        self.environment = environment.merging(own) { _, own in own }
    }

    // MARK: Start

    /// Its schema, the sample data that stands beside its code, and more rows of the test's.
    func prepare(_ fixture: String) async throws {
        try await run("migrate")
        let sample = (try? readFile("\(checkoutPath)/Services/\(name)/seeds.sql")) ?? ""
        guard !(sample + fixture).isEmpty else { return }
        let path = String(logPath.dropLast(4)) + ".seeds.sql"
        try writeFile(path, Array("\(sample)\n\(fixture)".utf8))
        try await run("seed", path)
    }

    /// Runs a command of the executable to its end.
    /// - Throws: `Stack.Failure` unless its exit status is 0.
    public func run(_ arguments: String...) async throws {
        let ending = try await spawn(arguments).end()
        guard ending == .exited(0) else { throw failure("\(arguments) ended with \(ending)") }
    }

    /// Runs a command of the executable to its end.
    /// - Returns: how it ended, and what it printed.
    public func outcome(of arguments: [String]) async throws -> (ending: ChildProcess.Ending, text: String) {
        let output = temporaryPath("command.log")
        let child = try ChildProcess("\(executables)/\(name)", arguments, environment: environment, output: output)
        return (try await child.end(withinSeconds: 120), try readFile(output))
    }

    /// Starts it, and returns when it says that it is ready.
    public func start() async throws {
        let child = try spawn(["serve"])
        process.withLock { $0 = child }
        for _ in 0..<3_000 {
            if let answer = try? await ask("/readyz"), answer.status == 200 { return }
            if let ending = child.ending { throw failure("ended with \(ending) instead of serving") }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw failure("did not get ready")
    }

    private func spawn(_ arguments: [String]) throws -> ChildProcess {
        try ChildProcess("\(executables)/\(name)", arguments, environment: environment, output: logPath)
    }

    private func failure(_ what: String) -> Stack.Failure {
        Stack.Failure(reason: "\(name) \(what). Its last words: \(log.suffix(2_000))")
    }

    // MARK: End

    /// - Throws: `Stack.Failure` when it does not run.
    public func child() throws -> ChildProcess {
        guard let child = process.withLock({ $0 }), child.ending == nil else { throw failure("does not run") }
        return child
    }

    /// `kill -9`, if it runs: it has no time for anything.
    /// - Parameter seconds: how long it may take to end of itself, for one that was asked to.
    public func kill(afterSeconds seconds: Int = 0) async throws {
        guard let child = try? child() else { return }
        if seconds > 0, (try? await child.end(withinSeconds: seconds)) != nil { return }
        child.signal(SIGKILL)
        _ = try await child.end()
    }

    /// SIGTERM, also to one that is frozen.
    func askToEnd() {
        guard let child = try? child() else { return }
        child.signal(SIGTERM)
        child.signal(SIGCONT)
    }

    /// It keeps its sockets and answers nothing. A signal takes a moment to reach every thread.
    public func freeze() async throws {
        let child = try child()
        child.signal(SIGSTOP)
        while child.threadStates.contains(where: { $0 != "T" }) { try await Task.sleep(for: .milliseconds(1)) }
    }

    public func thaw() throws { try child().signal(SIGCONT) }

    /// SIGTERM, and how it ended.
    public func terminate() async throws -> ChildProcess.Ending {
        let child = try child()
        child.signal(SIGTERM)
        return try await child.end()
    }

    // MARK: Questions

    /// Asks the internal listener, as another service does.
    public func ask(_ target: String, credential: String? = Stack.credential) async throws -> Answer {
        try await RawHTTP.send(
            "GET", target, host: internalAddress.host, port: internalAddress.port,
            headers: credential.map { [("Authorization", "Bearer \($0)")] } ?? [])
    }

    /// What it has written to standard output and error, over all its starts.
    public var log: String { (try? readFile(logPath)) ?? "" }

    /// What SQLite's own shell finds in its database file, or changes there, without a line of the service's code.
    public func sql(_ statement: String) async throws -> [JSONObject] {
        let output = temporaryPath("rows.json")
        let shell = try ChildProcess(
            "/usr/bin/sqlite3", ["-batch", "-bail", "-json", "-cmd", ".timeout 10000", databasePath, statement],
            output: output)
        let (ending, text) = (try await shell.end(), try readFile(output))
        guard ending == .exited(0) else { throw failure("sqlite3 ended with \(ending): \(text)") }
        return text.isEmpty ? [] : try (JSONValue(parsing: Array(text.utf8)).arrayValue ?? []).compactMap(\.objectValue)
    }

    /// The key that identity signs with.
    func signingKey() async throws -> Ed25519.PrivateKey { try await key(of: "signing_keys") }

    /// The key that booking signs tickets with.
    public func ticketKey() async throws -> Ed25519.PrivateKey { try await key(of: "ticket_keys") }

    private func key(of table: String) async throws -> Ed25519.PrivateKey {
        let rows = try await sql("SELECT hex(seed) AS seed FROM \(table) ORDER BY active_from LIMIT 1")
        let digits = Array(rows.first?["seed"]?.stringValue ?? "")
        let bytes = stride(from: 0, to: digits.count - 1, by: 2).compactMap {
            UInt8(String(digits[$0...$0 + 1]), radix: 16)
        }
        guard let key = Ed25519.PrivateKey(bytes: bytes) else { throw failure("has no signing key") }
        return key
    }
}

/// Beside the test bundle: the executables of the same build.
public let executables: String = {
    var path = [CChar](repeating: 0, count: Int(PATH_MAX))
    let length = max(0, readlink("/proc/self/exe", &path, path.count))
    return path[..<length].map { String(UnicodeScalar(UInt8(bitPattern: $0))) }.joined()
        .split(separator: "/").dropLast().reduce("") { "\($0)/\($1)" }
}()
