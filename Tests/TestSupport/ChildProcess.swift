import Dispatch
import EventLoop
import Glibc
import Synchronization

/// A program that runs beside the tests, with its output in a file. However the tests end, it ends with them.
public final class ChildProcess: Sendable {
    public enum Ending: Sendable, Equatable {
        case exited(Int32)
        case killed(Int32)
    }

    public struct CannotStart: Error {
        public let path: String
        public let code: Int32
    }

    public struct StillRunning: Error {}

    public let id: pid_t
    /// Kept, since the id may be another process's once the end was told.
    private let told = Mutex<Ending?>(nil)

    /// - Parameters:
    ///   - environment: besides, or in place of, this process's own.
    ///   - output: the file that its standard output and error are appended to.
    ///   - parting: the signal that it gets when this process is gone, as `setpriv` names it.
    public init(
        _ path: String, _ arguments: [String] = [], environment: [String: String] = [:], output: String,
        parting: String = "KILL"
    ) throws {
        let words = ["/usr/bin/setpriv", "--pdeathsig", parting, path] + arguments
        id = try spawn(words, environment, output)
    }

    deinit {
        guard ending == nil else { return }
        kill(id, SIGKILL)
        waitpid(id, nil, 0)
    }

    /// Nil while it runs.
    public var ending: Ending? {
        told.withLock { told in
            var status: Int32 = 0
            if told == nil, waitpid(id, &status, WNOHANG) == id {
                told = status & 0x7f == 0 ? .exited(status >> 8 & 0xff) : .killed(status & 0x7f)
            }
            return told
        }
    }

    /// Nothing happens once it has ended.
    public func signal(_ number: Int32) {
        if ending == nil { kill(id, number) }
    }

    /// What each of its threads is doing, by the letter that the kernel has for it (proc(5)): `T` is stopped.
    var threadStates: [Character] {
        entries(of: "/proc/\(id)/task").compactMap { thread in
            let state = (try? readFile("/proc/\(id)/task/\(thread)/stat")) ?? ""
            // The name before it may hold anything, in parentheses.
            return state.lastIndex(of: ")").flatMap { state[$0...].dropFirst(2).first }
        }
    }

    /// How many files and sockets it has open.
    public var descriptors: Int { entries(of: "/proc/\(id)/fd").count }

    /// The memory that it has, in bytes: its resident set.
    public var memory: Int {
        let pages = (try? readFile("/proc/\(id)/statm"))?.split(separator: " ").dropFirst().first
        return (pages.flatMap { Int($0) } ?? 0) * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    /// Waits for its end.
    /// - Throws: `StillRunning` when that does not come.
    public func end(withinSeconds seconds: Int = 30) async throws -> Ending {
        for _ in 0..<seconds * 200 {
            if let ending { return ending }
            try await Task.sleep(for: .milliseconds(5))
        }
        throw StillRunning()
    }
}

/// The signal of `--pdeathsig` comes when the thread that started a process ends, not only with the whole process: the
/// one thread that starts them never ends.
private let lastingThread = try? EventLoop(name: "children")

private func spawn(_ words: [String], _ environment: [String: String], _ output: String) throws -> pid_t {
    let (started, done) = (Started(), DispatchSemaphore(value: 0))
    lastingThread?.run {
        started.result.withLock { $0 = Result { try spawnHere(words, environment, output) } }
        done.signal()
    }
    guard lastingThread != nil, done.wait(timeout: .now() + 30) == .success,
        let result = started.result.withLock({ $0 })
    else { throw ChildProcess.CannotStart(path: words[0], code: ETIMEDOUT) }
    return try result.get()
}

private final class Started: Sendable {
    let result = Mutex<Result<pid_t, any Error>?>(nil)
}

private func spawnHere(_ words: [String], _ environment: [String: String], _ output: String) throws -> pid_t {
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 0, "/dev/null", O_RDONLY, 0)
    posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    posix_spawn_file_actions_adddup2(&files, 1, 2)
    // A connection of another test must not stay open because a child has it too.
    for descriptor in 3..<min(4096, openFileLimit()) { posix_spawn_file_actions_addclose(&files, descriptor) }
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var (none, all) = (sigset_t(), sigset_t())
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    let arguments = words.map { strdup($0) }
    let variables = inherited().merging(environment) { _, own in own }.map { strdup("\($0)=\($1)") }
    defer { (arguments + variables).forEach { free($0) } }
    var id = pid_t()
    let code = posix_spawn(&id, words[0], &files, &attributes, arguments + [nil], variables + [nil])
    guard code == 0 else { throw ChildProcess.CannotStart(path: words[0], code: code) }
    return id
}

/// Raises the limit as far as it goes: a thousand clients have as many connections, and so have those they ask.
private func openFileLimit() -> Int32 {
    var limit = rlimit()
    getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    limit.rlim_cur = limit.rlim_max
    setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    return Int32(clamping: limit.rlim_cur)
}

private func inherited() -> [String: String] {
    var values: [String: String] = [:]
    var entry = environ
    while let text = entry.pointee {
        let parts = String(cString: text).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if parts.count == 2 { values[String(parts[0])] = String(parts[1]) }
        entry += 1
    }
    return values
}
