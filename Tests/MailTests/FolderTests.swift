import Glibc
import Mail
import TestSupport
import Testing

@Suite("A folder of mail")
struct FolderTests {
    @Test("has a file for each message, of which the same one again takes the place")
    func files() async throws {
        let folder = temporaryPath("")
        try await withTransport(MailTransport(setting: folder)) { transport async throws -> Void in
            try await transport.send(message("bkg-1"))
            try await transport.send(message("bkg-2"))
            try await transport.send(message("bkg-1", subject: "Encore"))
        }
        #expect(entries(of: folder) == ["bkg-1@example.com.eml", "bkg-2@example.com.eml"])
        #expect(try await parsed(folder + "/bkg-1@example.com.eml").contains("subject Encore"))
        // Nothing half written is left, visible or not.
        #expect(try await output(of: "/usr/bin/find", [folder, "-type", "f", "-name", ".*"]) == "")
    }

    @Test("that is not there, or is a file, is refused at the start")
    func missing() throws {
        let file = temporaryPath("file")
        try writeFile(file, [])
        for path in ["/nowhere/at/all", file] {
            #expect(throws: MailError.self) { try MailTransport(setting: path) }
        }
    }

    @Test("that goes away refuses what comes, which is worth another try")
    func gone() async throws {
        let folder = temporaryPath("mail")
        try #require(mkdir(folder, 0o700) == 0)
        try await withTransport(MailTransport(setting: folder)) { transport async throws -> Void in
            rmdir(folder)
            #expect(try await failure(of: transport, message()) == .unwritable(errno: ENOENT))
        }
        #expect(!MailError.unwritable(errno: ENOENT).isPermanent)
    }

    @Test("takes nothing once it is stopped")
    func stopped() async throws {
        let transport = try MailTransport(setting: temporaryPath(""))
        transport.stop()
        #expect(try await failure(of: transport, message()) == .cancelled)
    }
}
