import Glibc
import TestSupport

/// What a database is on the disk, as bytes.
struct FilesOfDatabase {
    let main: [UInt8]
    let log: [UInt8]

    init(main: [UInt8], log: [UInt8]) {
        self.main = main
        self.log = log
    }

    init(_ path: String) throws {
        main = try Self.bytes(path)
        log = access(path + "-wal", F_OK) == 0 ? try Self.bytes(path + "-wal") : []
    }

    /// In place of what is there, which whoever has it open goes on with.
    func write(to path: String) throws {
        for name in ["", "-wal", "-shm"] { unlink(path + name) }
        try writeFile(path, main)
        if !log.isEmpty { try writeFile(path + "-wal", log) }
    }

    private static func bytes(_ path: String) throws -> [UInt8] {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        var status = stat()
        guard file >= 0, fstat(file, &status) == 0 else { throw Difference("\(path) cannot be read") }
        var bytes = [UInt8](repeating: 0, count: Int(status.st_size))
        guard read(file, &bytes, bytes.count) == bytes.count else { throw Difference("\(path) cannot be read") }
        return bytes
    }
}
