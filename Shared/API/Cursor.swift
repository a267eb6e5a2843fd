import Auth
import CSodium
import SQLite

/// Writes and reads the cursors of keyset pagination: the sort keys of the last item shown, sealed with a secret of
/// the service together with the list they belong to, so that one which was altered, or taken from another list,
/// sort, filter or caller, is told from a good one.
public struct CursorSeal: Sendable {
    public static let keyLength = 32
    private static let macLength = 16
    private static let mostKeys = 4

    private let key: [UInt8]

    /// - Parameter key: 32 secret bytes, the same over restarts. Nil for any other number.
    public init?(key: [UInt8]) {
        guard key.count == Self.keyLength else { return nil }
        self.key = key
    }

    /// - Parameter list: the list with its sort and filters, in one fixed spelling.
    public func cursor(_ keys: [Int64], of list: String) -> String {
        let payload = keys.flatMap { value in withUnsafeBytes(of: value.bigEndian) { Array($0) } }
        return Base64URL.encode(mac(payload, list) + payload)
    }

    /// Nil for a cursor that this seal did not make for this list.
    public func keys(_ cursor: String, of list: String) -> [Int64]? {
        guard cursor.utf8.count <= 128, let bytes = Base64URL.decode(cursor) else { return nil }
        let payload = Array(bytes.dropFirst(Self.macLength))
        guard bytes.count >= Self.macLength, payload.count % 8 == 0, payload.count <= Self.mostKeys * 8,
            sodium_memcmp(mac(payload, list), bytes, Self.macLength) == 0
        else { return nil }
        return stride(from: 0, to: payload.count, by: 8).map { start in
            payload[start..<start + 8].reduce(0) { $0 << 8 | Int64($1) }
        }
    }

    private func mac(_ payload: [UInt8], _ list: String) -> [UInt8] {
        let message = Array(list.utf8) + [0] + payload
        var mac = [UInt8](repeating: 0, count: Self.macLength)
        crypto_generichash(&mac, mac.count, message, UInt64(message.count), key, key.count)
        return mac
    }
}

extension CursorSeal {
    /// 32 random bytes from the system.
    public static func newKey() -> [UInt8] {
        var key = [UInt8](repeating: 0, count: keyLength)
        randombytes_buf(&key, key.count)
        return key
    }
}

extension CursorSeal {
    /// The seal whose key a service keeps in its own table `secrets(name TEXT PRIMARY KEY, value BLOB)`, made at its
    /// first start.
    public static func kept(in database: Database) async throws -> CursorSeal {
        let fresh = newKey()
        let key = try await database.write { transaction in
            try transaction.execute(
                "INSERT INTO secrets (name, value) VALUES ('cursors', \(fresh)) ON CONFLICT (name) DO NOTHING")
            return try transaction.first("SELECT value FROM secrets WHERE name = 'cursors'") { try $0.bytes(0) }
        }
        guard let seal = key.flatMap(CursorSeal.init(key:)) else {
            throw DatabaseError.corrupt("the key of the cursors does not have \(keyLength) bytes")
        }
        return seal
    }
}
