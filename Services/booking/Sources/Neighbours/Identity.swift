import API
import Auth
import HTTPClient
import JSON
import Telemetry

/// Booking's own view of identity, beside the keys of access tokens.
struct Identity: Sendable {
    private static let timeout: Int64 = 2_000

    private let client: HTTPClient

    init(_ client: HTTPClient) { self.client = client }

    /// Has a key of tickets published.
    func publish(_ key: Ed25519.PublicKey) async throws(NeighbourError) {
        var json = JSONWriter()
        json.object { json in
            json.object("key") { json in
                json.field("kty", "OKP")
                json.field("crv", "Ed25519")
                json.field("x", Base64URL.encode(key.bytes))
                json.field("purpose", TicketCode.purpose)
            }
        }
        let answer: HTTPClient.Response
        do {
            answer = try await client.send(
                .put, "/internal/v1/keys/\(KeySet.thumbprint(key))", body: json.bytes,
                timeoutMilliseconds: Self.timeout, trace: TraceContext())
        } catch {
            throw NeighbourError("identity", "\(error)")
        }
        guard answer.status == 204 else { throw NeighbourError("identity", "it answered \(answer.status) to a key") }
    }

    /// Where a user is written to, asked for each time and kept nowhere; nil for one that identity does not know.
    func address(of user: UserID, _ trace: TraceContext) async throws(NeighbourError) -> String? {
        let answer: HTTPClient.Response
        do {
            answer = try await client.send(
                .get, "/internal/v1/users/\(user)", timeoutMilliseconds: Self.timeout, trace: trace)
        } catch {
            throw NeighbourError("identity", "\(error)")
        }
        if answer.status == 404 { return nil }
        guard answer.status == 200,
            let address = (try? JSONValue(parsing: answer.body))?["user"]?["email"]?.stringValue
        else { throw NeighbourError("identity", "it answered \(answer.status) for a user, or not as agreed") }
        return address
    }
}
