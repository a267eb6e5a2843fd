import Lifecycle
import TestSupport
import Testing

@Suite struct OptionsTests {
    private func options(_ arguments: String..., words: Int = 1) throws -> Options {
        try Options(arguments, named: ["from", "days"], flags: ["dry-run"], words: words)
    }

    @Test("options have their values behind a space or an equals sign, in any order, the last one counts")
    func values() throws {
        let given = try options("--from", "a=b", "file", "--days=7", "--dry-run", "--days", "8")
        #expect(given["from"] == "a=b" && given["days"] == "8" && given.words == ["file"] && given.isSet("dry-run"))
        #expect(try given.integer("days", default: 1, in: 1...9) == 8)
        #expect(try options("-", "--from=").words == ["-"])
        #expect(try options("x").integer("days", default: 1, in: 1...9) == 1)
    }

    @Test("what is not understood is refused")
    func refused() {
        let wrong = [
            ["--nothing", "x"], ["x", "--from"], ["x", "--dry-run=yes"], [], ["x", "y"], ["x", "--"], ["--from", "x"],
        ]
        for arguments in wrong {
            #expect(throws: UsageError.self) {
                try Options(arguments, named: ["from", "days"], flags: ["dry-run"], words: 1)
            }
        }
        #expect(throws: UsageError("'y' is not understood here.")) { try options("x", "y") }
        for number in ["0", "10", "x", ""] {
            #expect(throws: UsageError.self) {
                try options("x", "--days", number).integer("days", default: 1, in: 1...9)
            }
        }
    }

    @Test("a file is read whole up to its limit, and refused beyond it")
    func bytes() throws {
        let path = temporaryPath("file")
        try writeFile(path, [UInt8](repeating: 7, count: 100_000))
        #expect(try readBytes(path, atMost: 100_000).count == 100_000)
        #expect(throws: SettingError.self) { try readBytes(path, atMost: 99_999) }
        for path in ["/nowhere", "/tmp"] { #expect(throws: SettingError.self) { try readBytes(path, atMost: 9) } }
    }
}
