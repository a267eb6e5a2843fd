import Glibc
import SQLite
import Testing

/// A disk of half a MiB, in memory. Mounting takes privileges that not every machine gives.
private final class SmallDisk {
    let directory: TemporaryDirectory

    init?() {
        let directory = TemporaryDirectory()
        self.directory = directory
        guard mount("tmpfs", directory.path, "tmpfs", 0, "size=512k") == 0 else { return nil }
    }

    deinit { umount2(directory.path, Int32(MNT_DETACH)) }

    static let isPossible = SmallDisk() != nil

    var filler: String { directory.path + "/filler" }

    func fill() {
        let descriptor = open(filler, O_WRONLY | O_CREAT, 0o600)
        let block = [UInt8](repeating: 0, count: 4_096)
        while write(descriptor, block, block.count) > 0 {}
        close(descriptor)
    }

    func empty() {
        unlink(filler)
    }

    /// Busy while a process that another test is starting still has copies of this one's descriptors.
    func makeReadOnly() throws {
        for _ in 1...5_000 {
            if mount(nil, directory.path, nil, UInt(MS_REMOUNT | MS_RDONLY), nil) == 0 { return }
            usleep(1_000)
        }
        throw SystemFailure(errno: errno)
    }
}

@Suite("A disk in trouble", .enabled(if: SmallDisk.isPossible))
struct DiskTests {
    private let disk: SmallDisk

    init() throws {
        disk = try #require(SmallDisk())
    }

    @Test("a full disk fails the commit and leaves reads alone; with room again, writes go on")
    func full() async throws {
        let database = try Database(in: disk.directory)
        try await database.write { try $0.execute("INSERT INTO things (id) VALUES (0)") }
        disk.fill()
        var refused = 0
        for id in 1...200 {
            do {
                try await database.write { try $0.execute("INSERT INTO things (id) VALUES (\(id))") }
            } catch {
                #expect(error as? DatabaseError == .diskFull)
                refused += 1
            }
        }
        #expect(refused > 0)
        #expect(try database.count() == Int64(201 - refused))
        disk.empty()
        try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1000)") }
        database.close()
        #expect(try Database(in: disk.directory).count() == Int64(202 - refused))
    }

    @Test("a database opens on a full disk, for reading")
    func opensWhenFull() async throws {
        let database = try Database(in: disk.directory)
        try await database.write { try $0.execute("INSERT INTO things (id) VALUES (1)") }
        database.close()
        disk.fill()
        // The index of the log takes 32 KiB.
        truncate(disk.filler, 128 * 1_024)
        #expect(try Database(in: disk.directory).count() == 1)
    }

    @Test("a read-only disk is named as such")
    func readOnly() throws {
        try Database(in: disk.directory).close()
        try disk.makeReadOnly()
        let path = disk.directory.file
        do {
            _ = try Database(in: disk.directory)
            Issue.record("accepted")
        } catch DatabaseError.cannotOpen(path, let reason) {
            #expect(reason.contains("Read-only file system"))
        }
    }
}
