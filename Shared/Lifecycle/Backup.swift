import Glibc
import SQLite
import Telemetry
import Time

/// `SERVICE backup FILE` and `SERVICE restore FILE`, which every service has.
extension Launch {
    /// Copies the database, while the service runs, and the secret that is kept beside it. Whoever has the two files has
    /// everything: both are readable by their owner only.
    static func backUp(to file: String, _ settings: Settings) throws {
        try refuseToBegin(settings)
        let path = S.databasePath(settings)
        guard access("\(file).secret", F_OK) != 0 else { throw SettingError("\(file).secret is there already.") }
        let start = monotonicNanoseconds()
        try Database.copy(path, to: file, migrations: S.migrations)
        try SecretFile.copy("\(path).secret", to: "\(file).secret")
        var status = stat()
        let size = stat(file, &status) == 0 ? Int64(status.st_size) : 0
        let milliseconds = (monotonicNanoseconds() - start) / 1_000_000
        print("\(S.name): \(file) is a whole copy of \(path): \(size) bytes, \(milliseconds) ms.")
    }

    /// Puts a copy where the service has its database, which no process may have open.
    static func restore(from file: String, _ settings: Settings) throws {
        let path = S.databasePath(settings)
        let aside: String?
        do {
            aside = try Database.restore(file, to: path, migrations: S.migrations) { aside in
                // With another's secret, what is sealed in the database could not be read.
                guard access("\(file).secret", F_OK) == 0 else { return }
                // Never removed, also where there is no database: an interrupted restore may have moved that aside alone.
                guard rename("\(path).secret", "\(aside).secret") == 0 || errno == ENOENT else {
                    throw SettingError("\(path).secret can't be moved aside: \(String(cString: strerror(errno))).")
                }
                try SecretFile.copy("\(file).secret", to: "\(path).secret")
            }
        } catch DatabaseError.busy {
            throw SettingError("\(path) is in use: stop the service first. Nothing was changed.")
        }
        print("\(S.name): \(path) is what \(file) was.\(aside.map { " What was there is \($0) now." } ?? "")")
    }
}

extension Service {
    static func databasePath(_ settings: Settings) -> String { settings.text("DATABASE", default: "\(name).db") }

    /// Has the service begin on what is there, and note that it goes on from a copy, if it does.
    static func goOn(_ context: ServiceContext) async throws {
        try await context.database.write { [clock = context.clock] in try begin($0, at: clock.now()) }
        guard try context.database.isCopy() else { return }
        try await context.database.write { [clock = context.clock] transaction in
            try restored(transaction, at: clock.now())
            try transaction.forgetBeingCopy()
        }
        context.log.warning("restored_from_copy")
    }
}
