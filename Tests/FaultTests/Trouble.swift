import Glibc
import TestSupport
import Testing

/// Spoils the disk and the clock of services while they run, by a library that is loaded into them before their own
/// (`Tests/Programs/trouble.c`): nothing of it is in the product.
///
/// `@unchecked Sendable`: the pages are written by one test's task, in whole words, and read by other processes.
final class Trouble: @unchecked Sendable {
    /// What becomes of writes to the databases, in the library's order.
    enum Disk: Int64, CaseIterable {
        case good, full, readOnly, failingWrites, failingSyncs
        /// They are said to be done. A service cannot know; only who cuts the power does.
        case forgottenSyncs
    }

    /// For `Stack.run`.
    let settings: [String: String]
    private let pages: [String: UnsafeMutablePointer<Int64>]

    init() async throws {
        let library = temporaryPath("trouble.so")
        let source = "\(checkoutPath)/Tests/Programs/trouble.c"
        _ = try await output(of: "/usr/bin/gcc", ["-O1", "-shared", "-fPIC", "-o", library, source, "-ldl"])
        let directory = temporaryPath("trouble")
        mkdir(directory, 0o755)
        pages = try Dictionary(uniqueKeysWithValues: Stack.names.map { ($0, try Self.page("\(directory)/\($0)")) })
        settings = ["LD_PRELOAD": library, "TROUBLE": directory]
    }

    deinit { pages.values.forEach { munmap($0, Self.length) } }

    private static let length = 2 * MemoryLayout<Int64>.size

    private static func page(_ path: String) throws -> UnsafeMutablePointer<Int64> {
        try writeFile(path, [UInt8](repeating: 0, count: length))
        let file = open(path, O_RDWR | O_CLOEXEC)
        defer { close(file) }
        guard let page = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), page != MAP_FAILED else {
            throw Stack.Failure(reason: "\(path) cannot be mapped: \(errno)")
        }
        return page.bindMemory(to: Int64.self, capacity: 2)
    }

    /// From now on, of all four services.
    func disk(_ disk: Disk) { pages.values.forEach { $0[0] = disk.rawValue } }

    /// From now on, of all four services or of one: how far their wall clock is off.
    func clock(offBySeconds seconds: Int64, of service: String? = nil) {
        for (name, page) in pages where service == nil || service == name { page[1] = seconds * 1_000 }
    }
}
