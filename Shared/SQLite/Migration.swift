/// One step of a schema. Immutable once released: its text is compared with what was applied.
public struct Migration: Sendable {
    public let name: String
    /// Any number of statements, none of which begins or ends a transaction.
    public let sql: String
    /// Whether a program that does not know this migration may still work with the database.
    public let safeForOlderCode: Bool

    public init(_ name: String, sql: String, safeForOlderCode: Bool = false) {
        self.name = name
        self.sql = sql
        self.safeForOlderCode = safeForOlderCode
    }

    /// - Parameter sql: UTF-8, as SwiftPM's `.embedInCode` gives it.
    public init(_ name: String, sql: [UInt8], safeForOlderCode: Bool = false) {
        self.init(name, sql: String(decoding: sql, as: UTF8.self), safeForOlderCode: safeForOlderCode)
    }

    /// FNV-1a of the text, 64 bits in hexadecimal: it is there to notice an edit, not an attacker.
    var checksum: String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in sql.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        let digits = String(hash, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
