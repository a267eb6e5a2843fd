import Glibc
import TestSupport
import Testing

struct TemporaryPathTests {
    @Test("every path has a directory of its own, and all of them are gone with the process")
    func removedAtTheEnd() async throws {
        let paths = try await pathsOfAProcess()
        try #require(paths.count == 2)
        #expect(Set(paths).count == 2)
        for path in paths { #expect(access(path, F_OK) == -1, "\(path)") }
        #expect(entries(of: "/tmp").filter { paths[0].hasPrefix("/tmp/\($0)/") } == [])
    }

    @Test("what killed processes left behind is removed by the next one, and nobody else's")
    func leftBehind() async throws {
        let killed = try ChildProcess("/bin/sleep", ["600"], output: "/dev/null")
        let left = "/tmp/marquee-test-\(killed.id)-abcdef"
        // The process with the first number never ends.
        let others = ["/tmp/marquee-test-1-XXXXXX", "/tmp/marquee-test-none-XXXXXX"].map(newDirectory)
        defer { for path in others { rmdir(path) } }
        for path in [left, left + "/1"] { mkdir(path, 0o700) }

        _ = try await pathsOfAProcess()
        #expect(access(left, F_OK) == 0, "its process runs")
        killed.signal(SIGKILL)
        _ = try await killed.end()
        _ = try await pathsOfAProcess()
        #expect(access(left, F_OK) == -1)
        for path in others { #expect(access(path, F_OK) == 0, "\(path)") }
    }

    private func newDirectory(_ template: String) -> String {
        var name = Array(template.utf8CString)
        return mkdtemp(&name).map { String(cString: $0) } ?? ""
    }

    /// What a process of its own has written two files to, after its end.
    private func pathsOfAProcess() async throws -> [String] {
        let ended = try await #require(processExitsWith: .success, observing: [\.standardOutputContent]) {
            unsetenv("KEEP_TEST_FILES")
            for name in ["a", "b"] {
                let path = temporaryPath(name)
                try writeFile(path, [1])
                print("path", path)
            }
        }
        return String(decoding: ended.standardOutputContent, as: UTF8.self).split(separator: "\n").compactMap { line in
            line.hasPrefix("path ") ? String(line.dropFirst(5)) : nil
        }
    }
}
