import CSQLite
import Glibc

extension Database {
    /// What a copy has as its `user_version`, until the service that it is given to has noted that it goes on from one.
    private static let copyMark: Int64 = 0x4d43_5059
    /// Pages between two looks at whether others need the disk.
    private static let pagesAtOnce: Int32 = 256
    private static let pauseMicroseconds: UInt32 = 1_000

    /// Copies a database file while others go on writing to it, checks the copy and puts it in its place, on disk and
    /// readable by its owner only. The copy is of one moment: everything that was committed before the call is in it.
    /// Writers wait for nothing; only the log cannot be cut back while it takes.
    /// - Parameters:
    ///   - target: where nothing may be yet.
    ///   - migrations: those of the program whose database it has to be.
    /// - Throws: `cannotOpen` where there is nothing to copy, or something in the way; `corrupt` when the copy is not
    ///   whole; `newerSchema` or `changedMigration` when it is another program's.
    public static func copy(_ source: String, to target: String, migrations: [Migration]) throws(DatabaseError) {
        guard access(target, F_OK) != 0 else { throw .cannotOpen(path: target, reason: "there is a file already") }
        let draft = "\(target).partial"
        for suffix in ["", "-journal", "-wal", "-shm"] { unlink(draft + suffix) }
        do throws(DatabaseError) {
            try fill(draft, from: source, migrations)
            try keep(draft)
            guard rename(draft, target) == 0 else { throw problem(target, "can't be put in its place") }
            try keep(directory(of: target))
        } catch {
            for suffix in ["", "-journal"] { unlink(draft + suffix) }
            throw error
        }
    }

    private static func fill(_ draft: String, from source: String, _ migrations: [Migration]) throws(DatabaseError) {
        let copy = try pages(of: source, in: draft)
        try Migrator(migrations: migrations, path: source, now: Clock.wallMilliseconds).check(copy)
        try SQLite.read { () throws in try check(copy) }
        try copy.set("PRAGMA user_version = \(copyMark)")
    }

    /// One file, without a log beside it.
    private static func pages(of source: String, in draft: String) throws(DatabaseError) -> Transaction {
        let from = try Opening(configuration: Configuration(path: source)).copied()
        let opening = Opening(configuration: Configuration(path: draft))
        try opening.prepareFile()
        let to = try opening.unset()
        // A snapshot is held from the first page to the last: without one, each commit of the service would have the
        // copy begin again.
        try from.set("BEGIN")
        try from.set("SELECT count(*) FROM sqlite_schema")
        try copyPages(from, to)
        // The log may be cut back again.
        try from.set("COMMIT")
        try to.set("PRAGMA journal_mode = DELETE")
        return to
    }

    /// Runs `body` on a copy that is made for it beside the file: nobody who uses the file waits, however long that
    /// takes. It is of one moment, and not checked for damage. Nothing is left of it, also by a process that is killed
    /// in `body`: the file has no name by then. What one has left that was killed before goes at the next time.
    /// - Throws: as `copy` does, `olderSchema`, and what `body` throws.
    public func withCopy<T>(migrations: [Migration], _ body: (Connection) throws -> T) throws -> T {
        Self.removeLeftDrafts(beside: path, marked: Self.draftMark)
        // Not the process's id: in containers, two that use one database may have the same.
        let draft = "\(path)\(Self.draftMark)\(String(UInt64.random(in: .min ... .max), radix: 36))"
        func forget() { for suffix in Self.draftSuffixes { unlink(draft + suffix) } }
        defer { forget() }
        let copy = try Self.pages(of: path, in: draft)
        forget()
        try Migrator(migrations: migrations, path: path, now: Clock.wallMilliseconds).requireCurrent(copy)
        return try body(copy)
    }

    private static let draftMark = ".looked-at-"
    private static let draftSuffixes = ["", "-journal", "-wal", "-shm"]
    /// Whoever makes a draft writes to it all the time: one that has not changed for so long is nobody's.
    private static let draftIsLeftSeconds = 60

    /// What a process has left that was killed over it.
    package static func removeLeftDrafts(beside path: String, marked mark: String) {
        let directory = directory(of: path)
        let now = time(nil)
        for name in names(beside: path, marked: [mark]) {
            var status = stat()
            guard stat("\(directory)/\(name)", &status) == 0, status.st_mtim.tv_sec < now - draftIsLeftSeconds
            else { continue }
            unlink("\(directory)/\(name)")
        }
    }

    /// Files in a database's directory whose names begin with its own and one of the marks.
    static func names(beside path: String, marked marks: [String]) -> [String] {
        let name = path.lastIndex(of: "/").map { String(path[path.index(after: $0)...]) } ?? path
        guard let listing = opendir(directory(of: path)) else { return [] }
        defer { closedir(listing) }
        var found: [String] = []
        while let entry = readdir(listing) {
            // By its address: a copy would have all 256 bytes, and the buffer may end before.
            let entry = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if marks.contains(where: { entry.hasPrefix(name + $0) }) { found.append(entry) }
        }
        return found
    }

    private static func copyPages(_ from: Connection, _ to: Connection) throws(DatabaseError) {
        guard let backup = sqlite3_backup_init(to.database, "main", from.database, "main") else {
            throw DatabaseError(
                code: sqlite3_errcode(to.database), message: String(cString: sqlite3_errmsg(to.database)), sql: "")
        }
        var status = SQLITE_OK
        repeat {
            status = sqlite3_backup_step(backup, pagesAtOnce)
            if status == SQLITE_OK { usleep(pauseMicroseconds) }
        } while status == SQLITE_OK
        let finished = sqlite3_backup_finish(backup)
        guard status == SQLITE_DONE, finished == SQLITE_OK else {
            throw DatabaseError(code: status, message: String(cString: sqlite3_errstr(status)), sql: "")
        }
    }

    private static func check(_ copy: Connection) throws {
        let faults = try copy.rows("PRAGMA integrity_check(3)") { try $0.text(0) }
        guard faults == ["ok"] else { throw DatabaseError.corrupt(faults.joined(separator: "; ")) }
        let orphans = try copy.rows("PRAGMA foreign_key_check") { try $0.text(0) }
        guard orphans.isEmpty else { throw DatabaseError.corrupt("rows of \(orphans[0]) refer to what is not there") }
    }

    /// Whether the file was restored from a copy and the service has not noted that yet: what it has told others since
    /// the copy was made, it will not know.
    public func isCopy() throws -> Bool {
        try read { try $0.first("PRAGMA user_version") { try $0.int(0) } } == Self.copyMark
    }

    static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// Has a file, or a directory, on disk.
    static func keep(_ path: String) throws(DatabaseError) {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw problem(path, "can't be opened") }
        defer { Glibc.close(file) }
        guard fsync(file) == 0 else { throw problem(path, "can't be brought to the disk") }
    }

    static func problem(_ path: String, _ what: String) -> DatabaseError {
        .cannotOpen(path: path, reason: "it \(what): \(String(cString: strerror(errno)))")
    }
}

extension Transaction {
    /// Notes that the service knows it goes on from a copy.
    public func forgetBeingCopy() throws { try execute("PRAGMA user_version = 0") }
}
