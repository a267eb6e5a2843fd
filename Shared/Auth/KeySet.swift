import JSON

/// The public keys that tokens of one purpose may be signed with, by `kid`, as a JWK Set (RFC 7517, RFC 8037).
///
/// A set may hold keys for other purposes than access tokens, which a member of their own names: `"purpose":"…"`.
public struct KeySet: Sendable, Equatable {
    public private(set) var keys: [(id: String, key: Ed25519.PublicKey)] = []

    public init(_ keys: [Ed25519.PublicKey]) {
        self.keys = keys.map { (Self.thumbprint($0), $0) }
    }

    /// Reads a JWK Set; keys of other kinds, uses or purposes are passed over. Nil when it is no JWK Set at all.
    /// - Parameter purpose: nil for the keys of access tokens, which have none.
    public init?(json: [UInt8], purpose: String? = nil) {
        guard case .object(let document)? = try? JSONValue(parsing: json), case .array(let list)? = document["keys"]
        else { return nil }
        for case .object(let jwk) in list {
            guard jwk["kty"] == .string("OKP"), jwk["crv"] == .string("Ed25519"),
                jwk["use"] == nil || jwk["use"] == .string("sig"),
                jwk["purpose"] == purpose.map(JSONValue.string), case .string(let id)? = jwk["kid"],
                case .string(let x)? = jwk["x"], let key = Base64URL.decode(x).flatMap(Ed25519.PublicKey.init(bytes:))
            else { continue }
            keys.append((id, key))
        }
    }

    public subscript(id: String) -> Ed25519.PublicKey? { keys.first { $0.id == id }?.key }

    public var json: [UInt8] { Self.document(jwks()) }

    /// A JWK Set of keys written by `jwks`.
    public static func document(_ jwks: [String]) -> [UInt8] {
        Array(#"{"keys":[\#(jwks.joined(separator: ","))]}"#.utf8)
    }

    /// Each key as a JWK.
    /// - Parameter purpose: what they are for, in letters that JSON need not escape; nil for access tokens.
    public func jwks(purpose: String? = nil) -> [String] {
        let purpose = purpose.map { #","purpose":"\#($0)""# } ?? ""
        return keys.map { id, key in
            let x = Base64URL.encode(key.bytes)
            return #"{"kty":"OKP","crv":"Ed25519","use":"sig","alg":"EdDSA","kid":"\#(id)","x":"\#(x)"\#(purpose)}"#
        }
    }

    /// A key's name follows from the key alone: SHA-256 of its canonical JWK (RFC 7638).
    public static func thumbprint(_ key: Ed25519.PublicKey) -> String {
        let canonical = Array(#"{"crv":"Ed25519","kty":"OKP","x":"\#(Base64URL.encode(key.bytes))"}"#.utf8)
        return Base64URL.encode(SHA256.hash(canonical))
    }

    public static func == (left: KeySet, right: KeySet) -> Bool {
        left.keys.elementsEqual(right.keys) { $0.id == $1.id && $0.key == $1.key }
    }
}
