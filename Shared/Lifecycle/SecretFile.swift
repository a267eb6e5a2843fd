import Glibc
import SQLite

/// A secret of the service's own, kept in a file beside its database, so that a copy of the database alone does not hold
/// it and a new service credential does not change it.
enum SecretFile {
    private static let length = 32
    private static let draftMark = ".draft-"

    /// The secret in the file, which is made, readable by its owner only, where there is none.
    static func kept(at path: String) throws(SettingError) -> [UInt8] {
        Database.removeLeftDrafts(beside: path, marked: draftMark)
        if let known = try read(path) { return known }
        // The standard library's generator draws from the kernel's.
        return try keep((0..<length).map { _ in UInt8.random(in: .min ... .max) }, at: path)
    }

    /// Where it goes with a database: copied as it is, as it is needed wherever the copy is used. Nothing where there is
    /// none.
    static func copy(_ path: String, to target: String) throws(SettingError) {
        Database.removeLeftDrafts(beside: target, marked: draftMark)
        guard let secret = try read(path) else { return }
        guard try keep(secret, at: target) == secret else { throw problem(target, "replaced") }
    }

    /// - Returns: the secret that the file has then: another one if it was there already.
    private static func keep(_ secret: [UInt8], at path: String) throws(SettingError) -> [UInt8] {
        let draft = "\(path)\(draftMark)\(getpid())"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw problem(path, "made") }
        let isWhole = write(file, secret, length) == length && fsync(file) == 0
        close(file)
        // `link` fails where another process was faster: its secret counts.
        let isLinked = isWhole && link(draft, path) == 0
        unlink(draft)
        if isLinked { return secret }
        guard let theirs = try read(path) else { throw problem(path, "made") }
        return theirs
    }

    /// Nil where there is no file.
    private static func read(_ path: String) throws(SettingError) -> [UInt8]? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        if file < 0, errno == ENOENT { return nil }
        guard file >= 0 else { throw problem(path, "read") }
        defer { close(file) }
        var secret = [UInt8](repeating: 0, count: length)
        guard Glibc.read(file, &secret, length) == length else { throw problem(path, "read") }
        return secret
    }

    private static func problem(_ path: String, _ verb: String) -> SettingError {
        SettingError("\(path), the service's secret, cannot be \(verb): \(String(cString: strerror(errno))).")
    }
}
