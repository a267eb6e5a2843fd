import JSON

/// Why a token is not accepted.
public enum TokenError: Error, Equatable {
    /// Not a token of ours: malformed, forged, signed by an unknown key, for somebody else, or not valid yet.
    case invalid
    case expired
    /// No key is known yet and identity does not answer, so that nothing can be said about any token.
    case keysUnavailable
}

/// The access token (RFC 9068): a JWT in compact form, signed with EdDSA and nothing else.
public struct AccessToken: Sendable, Equatable {
    public static let issuer = "marquee/identity"
    public static let audience = "marquee"
    /// How far a signer's clock may run ahead of a verifier's.
    static let leewaySeconds: Int64 = 60
    static let longestText = 2048

    public let subject: String
    public let role: Role
    /// Seconds since 1970, as JWT has them.
    public let issuedAt: Int64
    public let expiresAt: Int64

    public init(subject: String, role: Role, issuedAt: Int64, expiresAt: Int64) {
        self.subject = subject
        self.role = role
        self.issuedAt = issuedAt
        self.expiresAt = expiresAt
    }

    /// Nil only when OpenSSL is out of memory.
    public func signed(with key: Ed25519.PrivateKey) -> String? {
        var header = JSONWriter()
        header.object { json in
            json.field("alg", "EdDSA")
            json.field("typ", "at+jwt")
            json.field("kid", KeySet.thumbprint(key.publicKey))
        }
        var claims = JSONWriter()
        claims.object { json in
            json.field("iss", Self.issuer)
            json.field("aud", Self.audience)
            json.field("sub", subject)
            json.field("role", role.rawValue)
            json.field("iat", issuedAt)
            json.field("exp", expiresAt)
        }
        let message = Base64URL.encode(header.bytes) + "." + Base64URL.encode(claims.bytes)
        return key.signature(of: Array(message.utf8)).map { message + "." + Base64URL.encode($0) }
    }

    /// The signed parts of a token's text, not yet believed.
    struct Unverified {
        let keyID: String
        let signature: [UInt8]
        let message: [UInt8]
        let claims: JSONObject

        init(_ text: String) throws(TokenError) {
            let parts = text.split(separator: ".", maxSplits: 3, omittingEmptySubsequences: false)
            guard text.utf8.count <= longestText, parts.count == 3,
                let header = Self.object(parts[0]), let claims = Self.object(parts[1]),
                let signature = Base64URL.decode(parts[2])
            else { throw .invalid }
            // RFC 8725: the algorithm is ours to choose, not the token's, and so is the kind of token; RFC 7515,
            // 4.1.11: an extension marked critical that is not understood makes the token invalid.
            guard header["alg"] == .string("EdDSA"), case .string(let type)? = header["typ"],
                ["at+jwt", "application/at+jwt"].contains(type.lowercased()), header["crit"] == nil,
                case .string(let keyID)? = header["kid"]
            else { throw .invalid }
            self.keyID = keyID
            self.signature = signature
            self.claims = claims
            message = Array(text.utf8.prefix(parts[0].utf8.count + 1 + parts[1].utf8.count))
        }

        func verified(by key: Ed25519.PublicKey, nowSeconds: Int64) throws(TokenError) -> AccessToken {
            guard key.verifies(signature, of: message), claims["iss"] == .string(issuer),
                claims["aud"] == .string(audience), case .string(let subject)? = claims["sub"],
                case .string(let name)? = claims["role"], let role = Role(rawValue: name),
                case .integer(let issuedAt)? = claims["iat"], case .integer(let expiresAt)? = claims["exp"],
                issuedAt <= nowSeconds.addingReportingOverflow(leewaySeconds).partialValue
            else { throw .invalid }
            guard nowSeconds < expiresAt else { throw .expired }
            return AccessToken(subject: subject, role: role, issuedAt: issuedAt, expiresAt: expiresAt)
        }

        private static func object(_ part: Substring) -> JSONObject? {
            guard let bytes = Base64URL.decode(part), case .object(let object)? = try? JSONValue(parsing: bytes) else {
                return nil
            }
            return object
        }
    }
}
