import HTTPServer
import JSON

extension BodyRule {
    /// The body as this rule has it; null where there is none.
    /// - Throws: 413, 415, 400 `invalid_json`, 422 `body_invalid` for JSON that is no object.
    func value(of http: HTTPRequest, atMost largest: Int) throws(APIError) -> JSONValue {
        guard self != .none else { return .null }
        let body = http.body
        guard body.count <= largest else { throw .bodyTooLarge(most: largest) }
        if self == .raw { return .null }
        if self == .optional, body.isEmpty { return .null }
        guard acceptsType(http.header("content-type")) else { throw .unsupportedMediaType }
        let value: JSONValue
        do {
            value = try JSONValue(parsing: body)
        } catch {
            throw APIError(400, "invalid_json", "The body is not readable JSON. \(error)")
        }
        guard case .object = value else {
            throw .invalid([Fault(code: "body_invalid", message: "The body must be a JSON object.")])
        }
        return value
    }

    private func acceptsType(_ header: String?) -> Bool {
        guard let header else { return self == .optional }
        // As nearly everybody writes it.
        if header == "application/json" { return true }
        let parts = header.filter { $0 != " " && $0 != "\t" && $0 != "\"" }.lowercased().split(separator: ";")
        // Other parameters mean nothing to us, but another encoding would be read as what it is not.
        guard parts.dropFirst().allSatisfy({ !$0.hasPrefix("charset=") || $0 == "charset=utf-8" }) else { return false }
        return parts.first == "application/json" || (self == .jsonOrText && parts.first == "text/plain")
    }
}

extension APIError {
    static func bodyTooLarge(most: Int) -> APIError {
        APIError(413, "body_too_large", "The body is larger than \(most) bytes.")
    }
    static let unsupportedMediaType = APIError(
        415, "unsupported_media_type", "The body must be JSON, with Content-Type: application/json.")
}
