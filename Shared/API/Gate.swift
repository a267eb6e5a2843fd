import Auth
import CSodium
import HTTPServer

/// Tells who a request comes from, and whether that is enough.
public struct Gate: Sendable {
    private let verifier: TokenVerifier?
    private let credential: [UInt8]?

    /// - Parameters:
    ///   - verifier: for routes that people use; without one they are refused.
    ///   - serviceCredential: the secret that services share; without one `Access.service` is refused.
    public init(verifier: TokenVerifier?, serviceCredential: String?) {
        self.verifier = verifier
        credential = serviceCredential.map { Array($0.utf8) }
    }

    /// - Throws: 401 without a good token, 403 when its role is not enough, 503 while no key is known.
    func admit(_ http: HTTPRequest, to access: Access) async throws(APIError) -> Principal? {
        switch access {
        case .anyone: return nil
        case .service:
            guard isService(http) else { throw .tokenInvalid }
            return nil
        case .tokenWelcome:
            guard http.header("authorization") != nil else { return nil }
            return try await principal(http)
        case .role(let role):
            let principal = try await principal(http)
            guard principal.role >= role else {
                throw .forbidden(needing: role)
            }
            return principal
        }
    }

    private func principal(_ http: HTTPRequest) async throws(APIError) -> Principal {
        guard let header = http.header("authorization") else { throw .tokenMissing }
        guard let token = bearer(header), let verifier else { throw .tokenInvalid }
        do {
            return try await verifier.verify(token)
        } catch {
            switch error {
            case .invalid: throw .tokenInvalid
            case .expired: throw .tokenExpired
            case .keysUnavailable: throw .unavailable
            }
        }
    }

    /// Compared by hashes in constant time, so that neither its bytes nor its length can be felt for.
    private func isService(_ http: HTTPRequest) -> Bool {
        guard let credential, let token = http.header("authorization").flatMap(bearer) else { return false }
        return sodium_memcmp(digest(Array(token.utf8)), digest(credential), 32) == 0
    }

    private func digest(_ bytes: [UInt8]) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        crypto_generichash(&digest, digest.count, bytes, UInt64(bytes.count), nil, 0)
        return digest
    }

    /// RFC 9110, 11.1: the scheme is case-insensitive.
    private func bearer(_ header: String) -> String? {
        let scheme = Substring(header.utf8.prefix(7))
        guard header.utf8.count > 7, scheme == "Bearer " || scheme.lowercased() == "bearer " else { return nil }
        return String(Substring(header.utf8.dropFirst(7).drop { $0 == UInt8(ascii: " ") }))
    }
}

extension APIError {
    static let tokenMissing = APIError(
        401, "token_missing", "Sign in first: this needs an Authorization header with a Bearer token."
    ).adding("WWW-Authenticate", "Bearer")
    /// For a role that is known, and not enough.
    public static func forbidden(needing role: Role) -> APIError {
        APIError(403, "forbidden", "Your account may not do this. It takes the role \(role.rawValue).")
    }
    public static let tokenInvalid = APIError(
        401, "token_invalid", "The token is not one of ours. Sign in again."
    ).adding("WWW-Authenticate", "Bearer error=\"invalid_token\"")
    static let tokenExpired = APIError(
        401, "token_expired", "The token has expired. Sign in again."
    ).adding("WWW-Authenticate", "Bearer error=\"invalid_token\"")
}
