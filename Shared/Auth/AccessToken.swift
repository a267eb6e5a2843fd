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
    private static let type = "at+jwt"

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
        SignedClaims.text(type: Self.type, signedWith: key) { json in
            json.field("iss", Self.issuer)
            json.field("aud", Self.audience)
            json.field("sub", subject)
            json.field("role", role.rawValue)
            json.field("iat", issuedAt)
            json.field("exp", expiresAt)
        }
    }

    /// A token's text taken apart, not yet believed.
    struct Unverified {
        private let signed: SignedClaims

        var keyID: String { signed.keyID }

        init(_ text: String) throws(TokenError) { signed = try SignedClaims(text, type: type) }

        func verified(by key: Ed25519.PublicKey, nowSeconds: Int64) throws(TokenError) -> AccessToken {
            let claims = signed.claims
            guard signed.isSigned(by: key), claims["iss"] == .string(issuer),
                claims["aud"] == .string(audience), case .string(let subject)? = claims["sub"],
                case .string(let name)? = claims["role"], let role = Role(rawValue: name),
                case .integer(let issuedAt)? = claims["iat"], case .integer(let expiresAt)? = claims["exp"],
                issuedAt >= 0, issuedAt <= nowSeconds.addingReportingOverflow(leewaySeconds).partialValue
            else { throw .invalid }
            guard nowSeconds < expiresAt else { throw .expired }
            return AccessToken(subject: subject, role: role, issuedAt: issuedAt, expiresAt: expiresAt)
        }
    }
}
