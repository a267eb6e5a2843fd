import Glibc
import Synchronization

/// A program that a test runs, with its output in a file.
final class ChildProcess: Sendable {
    struct CannotStart: Error { let path: String, code: Int32 }

    private let id: pid_t
    /// As `waitpid` tells it; kept, as the id may be another process's once it was told.
    private let status = Mutex<Int32?>(nil)

    init(_ path: String, _ arguments: [String], output: String) throws {
        var files = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&files)
        defer { posix_spawn_file_actions_destroy(&files) }
        posix_spawn_file_actions_addopen(&files, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&files, 1, 2)
        let words = ([path] + arguments).map { strdup($0) }
        defer { words.forEach { free($0) } }
        var id = pid_t()
        let code = posix_spawn(&id, path, &files, nil, words + [nil], environ)
        guard code == 0 else { throw CannotStart(path: path, code: code) }
        self.id = id
    }

    deinit { _ = end(SIGKILL) }

    var hasEnded: Bool { status.withLock { poll(&$0, WNOHANG) } != nil }

    /// Waits for its end; zero when it exited with success.
    func wait() -> Int32 { status.withLock { poll(&$0, 0) } ?? -1 }

    /// Asks it to end, unless it has, and waits.
    func end(_ signal: Int32) -> Int32 {
        if !hasEnded { kill(id, signal) }
        return wait()
    }

    private func poll(_ status: inout Int32?, _ options: Int32) -> Int32? {
        var told: Int32 = 0
        if status == nil, waitpid(id, &told, options) == id { status = told }
        return status
    }
}
