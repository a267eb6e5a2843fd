import JSON
import Lifecycle
import TestSupport
import Testing

@Suite struct ConsumerTests {
    @Test("each provider answers what its consumers rely on")
    func exchanges() async throws {
        let exchanges = try Exchange.all()
        #expect(!exchanges.isEmpty)
        // Without the events of booking's own sample data.
        try await Stack.run(settings: ["ANALYTICS_URL": ""], fixtures: ["catalog": Self.given]) { stack in
            for exchange in exchanges {
                let answer = try await replay(exchange, stack)
                let what: Comment =
                    "\(exchange.provider) to \(exchange): \(String(decoding: answer.body, as: UTF8.self))"
                #expect(answer.status == exchange.status, what)
                for (name, value) in exchange.answerHeaders { #expect(answer.header(name) == value, what) }
                guard let body = exchange.body else { continue }
                #expect(Self.faults(in: answer.json, reliedOn: body) == [], what)
            }
        }
    }

    @Test("no provider answers a service without its credential")
    func credential() async throws {
        try await Stack.run { stack in
            for exchange in try Exchange.all() {
                let answer = try await replay(exchange, stack, credential: "another-credential-here")
                #expect(answer.status == 401 && answer.codes == ["token_invalid"], "\(exchange)")
            }
        }
    }

    private func replay(
        _ exchange: Exchange, _ stack: Stack, credential: String = Stack.credential
    ) async throws -> Answer {
        let provider = stack[exchange.provider].internalAddress
        let headers = exchange.headers.map { ($0, $1.replacing("{credential}", with: credential)) }
        return try await RawHTTP.send(
            exchange.method, exchange.path, host: provider.host, port: provider.port, headers: headers,
            body: exchange.sent.map { sent in
                var json = JSONWriter()
                json.element(sent)
                return json.bytes
            })
    }

    /// Everything relied on is there and the same; other fields may stand beside it. Of what the provider makes itself, a
    /// key, a moment or a number of its own, only the type can be known.
    private static func faults(in value: JSONValue?, reliedOn: JSONValue, at place: String = "body") -> [String] {
        switch (reliedOn, value) {
        case (.object(let members), .object(let object)):
            return members.members.flatMap {
                faults(in: object[$0.name], reliedOn: $0.value, at: "\(place).\($0.name)")
            }
        case (.array(let elements), .array(let found)) where elements.count == found.count:
            return zip(elements, found).enumerated().flatMap { index, pair in
                faults(in: pair.1, reliedOn: pair.0, at: "\(place)[\(index)]")
            }
        case (.string, .string(let own)) where [".kid", ".x", ".as_of"].contains(where: place.hasSuffix):
            return own.isEmpty ? ["\(place) is empty"] : []
        case (.integer, .integer(let own)) where place.hasSuffix(".session.sequence"):
            return own < 0 ? ["\(place) is below 0"] : []
        default: return reliedOn == value ? [] : ["\(place) is not \(reliedOn)"]
        }
    }

    /// What the exchanges with catalog start from.
    private static let given = """
        INSERT INTO movies (id, title, duration) VALUES (7265412058882048, 'Les Enfants du paradis', 190);
        INSERT INTO places (id, name, address, city, time_zone)
        VALUES (7265412058882060, 'Le Grand Écran', '1 rue du Test, 75001 Paris', 'Paris', 'Europe/Paris');
        INSERT INTO rooms (id, place_id, name, capacity, seated)
        VALUES (7265412058882061, 7265412058882060, 'Le Grand Écran', 120, 0),
            (7265412058882062, 7265412058882060, 'Salle 2', 2, 1);
        INSERT INTO seats (id, room_id, row_label, number, kind, x, y)
        VALUES (7265412058882063, 7265412058882062, 'A', 1, 'standard', 0, 0),
            (7265412058882064, 7265412058882062, 'A', 2, 'wheelchair', 1.5, 0);
        INSERT INTO sessions (id, movie_id, room_id, place_id, starts_at, allocation)
        VALUES (7265412058882099, 7265412058882048, 7265412058882061, 7265412058882060,
            unixepoch('2026-11-20T18:30:00Z') * 1000, 120),
            (7265412058882100, 7265412058882048, 7265412058882062, 7265412058882060,
            unixepoch('2026-11-20T18:30:00Z') * 1000, 2);
        INSERT INTO tariffs (session_id, position, name, amount, currency, condition)
        VALUES (7265412058882100, 1, 'child', 600, 'EUR', 'Under 14.'), (7265412058882100, 0, 'full', 1250, 'EUR', '');
        """
}
