import API
import HTTPClient
import JSON
import Telemetry
import Time
import TypedID

/// A session as catalog knows it, as far as booking needs it.
struct CatalogSession: Sendable {
    let id: SessionID
    let startsAt: Timestamp
    let allocation: Int64
    let names: SessionNames
    /// The place's, by its name in the IANA database.
    let timeZone: String
    /// Nil from a catalog that is a release behind.
    let details: SessionDetails?
    /// The room and its plan, where seats are numbered.
    let room: SeatedRoom?
    /// In one currency, the default one first; none where the session has no prices.
    let tariffs: [Tariff]
}

/// A room whose seats have names, with all of them.
struct SeatedRoom: Sendable {
    let id: RoomID
    let seats: [Seat]
}

/// What a customer calls a session by: its film and its place.
struct SessionNames: Sendable, Equatable {
    let movieID: MovieID
    let movieTitle: String
    let placeID: PlaceID
    let placeName: String
}

/// What a ticket says of a session besides.
struct SessionDetails: Sendable, Equatable {
    let roomName: String
    let placeAddress: String
    let placeCity: String
    /// The film's.
    let durationMinutes: Int64
}

/// What catalog says of sessions that it was asked about.
struct NamedSessions: Sendable {
    let names: [SessionID: SessionNames]
    /// Whether catalog has any session at all, of these or of others.
    let isOfSome: Bool
}

/// Booking's own view of catalog.
struct Catalog: Sendable {
    /// A customer waits for it.
    private static let sessionTimeout: Int64 = 1_000
    /// The list can be answered without it.
    private static let namesTimeout: Int64 = 250

    private let client: HTTPClient

    init(_ client: HTTPClient) { self.client = client }

    /// - Throws: `sessionNotFound`; 503 when catalog does not answer in time, or not sensibly.
    func session(_ id: SessionID, _ trace: TraceContext) async throws -> CatalogSession {
        let answer = try await ask("/internal/v1/sessions/\(id)", [], Self.sessionTimeout, trace)
        if answer.status == 404 { throw BookingRefusal.sessionNotFound }
        guard answer.status == 200, let session = try? JSONValue(parsing: answer.body)["session"],
            let known = CatalogSession(session), known.id == id
        else { throw NeighbourError("catalog", "it answered \(answer.status) for a session, or not as agreed") }
        return known
    }

    /// Those sessions that catalog still knows.
    /// - Throws: 503 as `session` does, also where one of them cannot be read: it is known all the same.
    func names(of ids: [SessionID], _ trace: TraceContext) async throws -> NamedSessions {
        let list = ids.map(\.description).joined(separator: ",")
        let answer = try await ask("/internal/v1/sessions", [("ids", list)], Self.namesTimeout, trace)
        guard answer.status == 200, let json = try? JSONValue(parsing: answer.body), let named = NamedSessions(json)
        else { throw NeighbourError("catalog", "it answered \(answer.status) for sessions, or not as agreed") }
        return named
    }

    /// What a ticket says of a session; nil when catalog does not know the session, or is a release behind.
    func details(of id: SessionID, _ trace: TraceContext) async throws -> SessionDetails? {
        let answer = try await ask("/internal/v1/sessions", [("ids", "\(id)")], Self.namesTimeout, trace)
        let session = try? JSONValue(parsing: answer.body)["sessions"]?.arrayValue?.first
        guard answer.status == 200, let session, session["id"] == .string("\(id)") else { return nil }
        return SessionDetails(session)
    }

    private func ask(
        _ path: String, _ query: [(String, String)], _ timeout: Int64, _ trace: TraceContext
    ) async throws(NeighbourError) -> HTTPClient.Response {
        do {
            return try await client.send(.get, path, query: query, timeoutMilliseconds: timeout, trace: trace)
        } catch {
            throw NeighbourError("catalog", "\(error)")
        }
    }
}

extension CatalogSession {
    /// Nil for anything but a session as catalog shows it to booking.
    init?(_ session: JSONValue?) {
        guard let session, let id = session["id"]?.stringValue.flatMap(SessionID.init),
            let startsAt = session["starts_at"]?.stringValue.flatMap(Timestamp.init(rfc3339:)),
            let allocation = session["allocation"]?.integerValue, allocation >= 0, let names = SessionNames(session),
            let seated = session["room"]?["seated"]?.boolValue
        else { return nil }
        let room = SeatedRoom(session["room"])
        guard !seated || room != nil, let tariffs = [Tariff](session["tariffs"]) else { return nil }
        self.init(
            id: id, startsAt: startsAt, allocation: allocation, names: names,
            // A catalog that is a release behind does not tell it.
            timeZone: session["place"]?["time_zone"]?.stringValue ?? "Europe/Paris",
            details: SessionDetails(session), room: room, tariffs: tariffs)
    }
}

extension NamedSessions {
    /// Nil unless all of it can be read.
    fileprivate init?(_ answer: JSONValue) {
        guard let sessions = answer["sessions"]?.arrayValue else { return nil }
        var names: [SessionID: SessionNames] = [:]
        for session in sessions {
            guard let id = session["id"]?.stringValue.flatMap(SessionID.init), let known = SessionNames(session) else {
                return nil
            }
            names[id] = known
        }
        // A catalog that is a release behind does not tell it.
        self.init(names: names, isOfSome: answer["has_sessions"]?.boolValue ?? !names.isEmpty)
    }
}

extension SessionNames {
    fileprivate init?(_ session: JSONValue) {
        guard let movieID = session["movie"]?["id"]?.stringValue.flatMap(MovieID.init),
            let movieTitle = session["movie"]?["title"]?.stringValue,
            let placeID = session["place"]?["id"]?.stringValue.flatMap(PlaceID.init),
            let placeName = session["place"]?["name"]?.stringValue
        else { return nil }
        self.init(movieID: movieID, movieTitle: movieTitle, placeID: placeID, placeName: placeName)
    }
}

extension SessionDetails {
    fileprivate init?(_ session: JSONValue) {
        guard let roomName = session["room"]?["name"]?.stringValue,
            let placeAddress = session["place"]?["address"]?.stringValue,
            let placeCity = session["place"]?["city"]?.stringValue,
            let durationMinutes = session["movie"]?["duration"]?.integerValue, durationMinutes > 0
        else { return nil }
        self.init(
            roomName: roomName, placeAddress: placeAddress, placeCity: placeCity, durationMinutes: durationMinutes)
    }
}

extension SeatedRoom {
    /// Nil for a room that is not seated, and for a plan that cannot be read whole.
    fileprivate init?(_ room: JSONValue?) {
        guard let id = room?["id"]?.stringValue.flatMap(RoomID.init), let list = room?["seats"]?.arrayValue else {
            return nil
        }
        let seats = list.compactMap(Seat.init(catalog:))
        guard seats.count == list.count, !seats.isEmpty else { return nil }
        self.init(id: id, seats: seats)
    }
}

extension Seat {
    fileprivate init?(catalog seat: JSONValue) {
        guard let id = seat["id"]?.stringValue.flatMap(SeatID.init), let row = seat["row"]?.stringValue,
            let number = seat["number"]?.integerValue, let kind = seat["kind"]?.stringValue.flatMap(Kind.init),
            let x = seat["x"]?.doubleValue, let y = seat["y"]?.doubleValue
        else { return nil }
        self.init(id: id, row: row, number: number, kind: kind, x: x, y: y)
    }
}
