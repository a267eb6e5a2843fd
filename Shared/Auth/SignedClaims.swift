import JSON

/// The claims of a JWT in compact form (RFC 7515, RFC 7519), signed with EdDSA and nothing else: not yet believed.
public struct SignedClaims: Sendable {
    static let longestText = 2048

    /// The key that it says it is signed with.
    public let keyID: String
    public let claims: JSONObject
    private let signature: [UInt8]
    private let message: [UInt8]

    /// - Parameter type: the kind of token that is wanted, which its `typ` must name.
    /// - Throws: `invalid` for anything else.
    public init(_ text: String, type: String) throws(TokenError) {
        let parts = text.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
        guard text.utf8.count <= Self.longestText, parts.count == 3,
            let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
            let signature = Base64URL.decode(parts[2])
        else { throw .invalid }
        // RFC 8725: the algorithm is ours to choose, not the token's, and so is the kind of token; RFC 7515,
        // 4.1.11: an extension marked critical that is not understood makes the token invalid.
        guard header["alg"] == .string("EdDSA"), case .string(let named)? = header["typ"],
            [type, "application/\(type)"].contains(named.lowercased()), header["crit"] == nil,
            case .string(let keyID)? = header["kid"]
        else { throw .invalid }
        self.keyID = keyID
        self.signature = signature
        self.claims = claims
        message = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
    }

    public func isSigned(by key: Ed25519.PublicKey) -> Bool { key.verifies(signature, of: message) }

    /// A token's text; nil only when OpenSSL is out of memory.
    /// - Parameter claims: writes the members of its payload.
    public static func text(
        type: String, signedWith key: Ed25519.PrivateKey, _ claims: (inout JSONWriter) -> Void
    ) -> String? {
        var header = JSONWriter()
        header.object { json in
            json.field("alg", "EdDSA")
            json.field("typ", type)
            json.field("kid", KeySet.thumbprint(key.publicKey))
        }
        var payload = JSONWriter()
        payload.object { claims(&$0) }
        let message = Base64URL.encode(header.bytes) + "." + Base64URL.encode(payload.bytes)
        return key.signature(of: Array(message.utf8)).map { message + "." + Base64URL.encode($0) }
    }

    private static func object(_ part: Substring) -> JSONObject? {
        guard let bytes = Base64URL.decode(part), case .object(let object)? = try? JSONValue(parsing: bytes) else {
            return nil
        }
        return object
    }
}
