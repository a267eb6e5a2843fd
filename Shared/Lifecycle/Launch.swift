import EventLoop
import Glibc
import HTTPClient
import JSON
import SQLite
import Telemetry
import Time

/// A service's executable: what its command line asks for, done, and the exit status that says how it went.
public enum Launch<S: Service> {
    /// 0 when all went well, 1 when it did not, 2 when the command line is not understood.
    public static func run(_ arguments: [String]) async -> Int32 {
        StopSignals.handle()
        let settings = Settings.environment()
        do {
            switch (arguments.first ?? "serve", Array(arguments.dropFirst())) {
            case ("serve", []): try await serve(settings)
            case ("migrate", []): try migrate(settings)
            case ("seed", let files) where files.count == 1: try await seed(files[0], settings)
            case ("backup", let files) where files.count == 1: try backUp(to: files[0], settings)
            case ("restore", let files) where files.count == 1: try restore(from: files[0], settings)
            case ("healthcheck", []): return await isHealthy(settings) ? 0 : 1
            case (let name, let rest):
                guard
                    let command = S.commands.first(where: { command in
                        command.name == name && (command.takesOptions || command.parameters.count == rest.count)
                    })
                else { return usage() }
                try refuseToBegin(settings)
                let context = try quietContext(settings, as: command.looks(rest) ? .looking : .beside)
                defer { context.close() }
                let text = try await command.run(rest, context)
                print(text, terminator: text.utf8.last == UInt8(ascii: "\n") ? "" : "\n")
            }
            return 0
        } catch let error as UsageError {
            tell("\(S.name): \(error)")
            return usage()
        } catch {
            tell("\(S.name): \(error)")
            return 1
        }
    }

    private static func serve(_ settings: Settings) async throws {
        let started = monotonicNanoseconds()
        let running = try await RunningService<S>(settings: settings)
        running.context.log.info(
            "started",
            [
                ("public", .string("\(running.publicAddress)")), ("internal", .string("\(running.internalAddress)")),
                ("milliseconds", .integer(Int64((monotonicNanoseconds() - started) / 1_000_000))),
            ])
        await StopSignals.wait()
        running.context.log.info("stopping")
        await running.stop()
        running.context.log.info("stopped")
    }

    private static func migrate(_ settings: Settings) throws {
        try quietContext(settings, as: .owning).close()
    }

    private static func seed(_ file: String, _ settings: Settings) async throws {
        // Where there is none it is made; one that is there may be a running service's.
        let isNew = access(S.databasePath(settings), F_OK) != 0
        let context = try quietContext(settings, as: isNew ? .owning : .beside)
        defer { context.close() }
        let text = String(decoding: try readBytes(file, atMost: 64 * 1_048_576), as: UTF8.self)
        let seeded = try await context.database.write { transaction in
            guard try transaction.first("SELECT 1 FROM \(raw: S.mainTable) LIMIT 1", { _ in true }) == nil else {
                return false
            }
            try transaction.executeScript(text)
            try S.begin(transaction, at: context.clock.now())
            return true
        }
        print(seeded ? "\(S.name): the sample data is in." : "\(S.name): there is data already; nothing was added.")
    }

    /// A command is about data that is there: on a mistyped path it must not find a new, empty one.
    static func refuseToBegin(_ settings: Settings) throws {
        let path = S.databasePath(settings)
        try Database.refuseHalfRestored(path)
        guard access(path, F_OK) != 0 else { return }
        throw SettingError("There is no database '\(path)': DATABASE must name that of \(S.name).")
    }

    /// Asks the running service's internal listener whether it is ready.
    private static func isHealthy(_ settings: Settings) async -> Bool {
        let fallback = Address(host: "127.0.0.1", port: S.defaultPorts.internal)
        guard let address = try? settings.address("INTERNAL_ADDRESS", default: fallback),
            let loop = try? EventLoop(name: "healthcheck")
        else { return false }
        defer { loop.stop() }
        let host = address.host == "0.0.0.0" ? "127.0.0.1" : address.host
        let url = "http://\(host):\(address.port)"
        guard let client = try? HTTPClient(.init(neighbour: S.name, baseURL: url), loop: loop) else { return false }
        let answer = try? await client.send(.get, "/readyz", trace: TraceContext())
        return answer?.status == 200
    }

    private static func quietContext(_ settings: Settings, as use: Database.Use) throws -> ServiceContext {
        try ServiceContext(S.self, settings: settings, clock: .system, log: nil, worker: commandWorker, as: use)
    }

    private static func usage() -> Int32 {
        let own = S.commands.map { "\($0.name) \($0.parameters.joined(separator: " "))" }
        let all = (["serve", "migrate", "seed FILE", "backup FILE", "restore FILE", "healthcheck"] + own).joined(
            separator: "\n       \(S.name) ")
        tell("usage: \(S.name) \(all)")
        return 2
    }

    static func tell(_ text: String) {
        let line = Array((text + "\n").utf8)
        _ = Glibc.write(STDERR_FILENO, line, line.count)
    }
}
