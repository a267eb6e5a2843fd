import CSQLite
import Glibc

extension Database {
    /// Puts a copy where a service expects its database. What is there is moved aside, complete, under a name that says
    /// when: `service.db.replaced-1795000000000`. Interrupted wherever it may be, it leaves the old database, the copy,
    /// or none, which nobody begins anew until it was done again.
    /// - Parameter exchange: replaces what has to go with the database: called while there is none, with the name that
    ///   what was there has then.
    /// - Returns: where what was there is now; nil where there was nothing.
    /// - Throws: as `copy` does, and what `exchange` throws; `busy` while any process has the database open.
    public static func restore(
        _ copy: String, to path: String, migrations: [Migration], exchange: (_ aside: String) throws -> Void = { _ in }
    ) throws -> String? {
        let draft = "\(path).restored"
        unlink(draft)
        try self.copy(copy, to: draft, migrations: migrations)
        let isThere = access(path, F_OK) == 0
        let aside = "\(path).replaced-\(Clock.wallMilliseconds())"
        var isBegun = !isThere
        // A draft beside a database that nobody touched would be taken for an interrupted restore once that is gone.
        defer { if !isBegun { unlink(draft) } }
        let old = isThere ? try closed(path) : nil
        // The file first: without it, what it leaves has no effect. A log that stayed would change the copy.
        for suffix in ["", "-journal", "-wal", "-shm"] {
            guard rename(path + suffix, aside + suffix) == 0 || errno == ENOENT else {
                throw problem(path + suffix, "can't be moved aside")
            }
            isBegun = true
        }
        try keep(directory(of: path))
        try exchange(aside)
        try keep(directory(of: path))
        guard rename(draft, path) == 0 else { throw problem(path, "can't be put in its place") }
        try keep(directory(of: path))
        // Until here nobody could have opened it.
        withExtendedLifetime(old) {}
        return isThere ? aside : nil
    }

    /// Makes sure that nobody has a database open, and that nobody can begin to use it: its log is in the file, and its
    /// lock is held. Nil for one that is damaged, of which nobody can tell.
    private static func closed(_ path: String) throws(DatabaseError) -> Connection? {
        do throws(DatabaseError) {
            let connection = try Opening(configuration: Configuration(path: path)).unset()
            // SQLite leaves WAL only with nobody else there.
            try connection.set("PRAGMA journal_mode = DELETE")
            try connection.set("BEGIN EXCLUSIVE")
            return connection
        } catch {
            guard case .corrupt = error else { throw error }
            return nil
        }
    }

    /// A new database is not begun where one was about to be put in its place: all would seem well, and be empty.
    package static func refuseHalfRestored(_ path: String) throws(DatabaseError) {
        guard access(path, F_OK) != 0, errno == ENOENT,
            let found = names(beside: path, marked: [".restored", ".replaced-"]).min()
        else { return }
        throw .cannotOpen(
            path: path,
            reason: """
                it is not there, and \(found) is: a restore was interrupted. Restore the copy again; or put back what \
                was there (.replaced-…, with what belongs to it); or, to begin anew, move all of that elsewhere
                """)
    }
}
