import Glibc
import SQLite
import Telemetry
import TestSupport

/// A directory of its own for each test, whose database is removed with it.
final class TemporaryDirectory: Sendable {
    let path = temporaryDirectory()

    deinit {
        for suffix in ["", "-wal", "-shm", "-journal"] { unlink(file + suffix) }
        rmdir(path)
    }

    var file: String { path + "/test.db" }
}

struct SystemFailure: Error {
    let errno: Int32
}

let things = Migration("v0001_things", sql: "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT UNIQUE) STRICT;")

extension Database {
    /// A database with the table `things (id, name)`.
    convenience init(
        in directory: TemporaryDirectory, migrations: [Migration] = [things], metrics: Metrics? = nil,
        _ change: (inout Configuration) -> Void = { _ in }
    ) throws {
        var configuration = Configuration(path: directory.file)
        change(&configuration)
        try self.init(configuration, migrations: migrations, metrics: metrics)
    }

    func count() throws -> Int64? {
        try read { try $0.first("SELECT count(*) FROM things") { try $0.int(0) } }
    }
}
