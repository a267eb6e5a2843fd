import Foundation
import SQLite

/// A service's schema as the `sqlite3` program dumps it.
public enum SchemaDump {
    /// What the migrations make, with the ledger's times at 0 so that it is the same text each time.
    public static func made(by migrations: [Migration]) throws -> String {
        let path = temporaryPath("dump.db")
        var configuration = Database.Configuration(path: path)
        configuration.now = { 0 }
        try Database(configuration, migrations: migrations).close()
        return try sqlite(path, ".dump")
    }

    /// A database made of a dump and sample data alone, by the `sqlite3` program alone.
    public static func restored(_ scripts: String...) throws -> String {
        let path = temporaryPath("restored.db")
        for script in scripts { _ = try sqlite(path, script) }
        return path
    }

    /// Compares the service's `dump.sql` with what its migrations make. `make dump` writes it anew.
    /// - Returns: nil where they are the same, the made one otherwise.
    public static func difference(_ file: String, _ migrations: [Migration]) throws -> String? {
        let made = try made(by: migrations)
        if ProcessInfo.processInfo.environment["UPDATE_DUMPS"] != nil { try writeFile(file, Array(made.utf8)) }
        return try readFile(file) == made ? nil : made
    }

    /// What `sqlite3 path` prints for a script.
    public static func sqlite(_ path: String, _ script: String) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/sqlite3")
        process.arguments = ["-bail", path]
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
        input.fileHandleForWriting.write(Data(script.utf8))
        input.fileHandleForWriting.closeFile()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw RawHTTP.Failure(reason: "sqlite3: \(text)") }
        return text
    }
}
