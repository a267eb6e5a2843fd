import Glibc
import Lifecycle

/// nginx with the configuration of `make run`.
final class StackGateway: Sendable {
    private let child: ChildProcess
    private let logPath: String

    init(at address: Address, in directory: String, limits: Bool, services: [StackService]) async throws {
        let (prefix, logPath) = ("\(directory)/gateway", "\(directory)/gateway.log")
        self.logPath = logPath
        func failure(_ what: String) -> Stack.Failure {
            Stack.Failure(reason: "\(what): \((try? readFile(logPath)) ?? "")")
        }
        let configure = try ChildProcess(
            "\(checkoutPath)/Gateway/configure.sh", [prefix, "\(address)"] + services.map { "\($0.publicAddress)" },
            environment: ["LIMITS": limits ? "on" : "off"], output: logPath)
        guard try await configure.end() == .exited(0) else { throw failure("configure.sh failed") }
        // At TERM it takes its workers with it.
        child = try ChildProcess(
            "/usr/sbin/nginx", ["-e", "stderr", "-p", prefix, "-c", "nginx.conf"], output: logPath, parting: "TERM")
        for _ in 0..<3_000 where child.ending == nil {
            let answer = try? await RawHTTP.send("GET", "/healthz", host: address.host, port: address.port)
            if answer?.status == 200 { return }
            try await Task.sleep(for: .milliseconds(10))
        }
        throw failure("nginx did not start")
    }

    var log: String { (try? readFile(logPath)) ?? "" }

    func stop() async throws {
        child.signal(SIGTERM)
        _ = try await child.end()
    }
}
