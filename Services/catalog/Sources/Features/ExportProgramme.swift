import CSV
import JSON
import Lifecycle
import SQLite
import Text
import Time
import TimeZone
import TypedID

extension CatalogService {
    /// `catalog export --from 2026-11-23 [--days 7] [--format csv|json] [--place PLACE]`: the sessions of those days, as each
    /// place's clocks have them, place by place, the earliest first. `catalog import` takes what this writes.
    static let exportProgramme = Command(
        "export", ["--from DATE", "[--days 7]", "[--format csv|json]", "[--place PLACE]"], takesOptions: true,
        looks: { _ in true }
    ) { arguments, context in
        let options = try Options(arguments, named: ["from", "days", "format", "place"], words: 0)
        guard case .day(let first)? = options["from"].flatMap(DateBound.init) else {
            throw UsageError("--from must be a day, such as 2026-11-23.")
        }
        let days = try options.integer("days", default: 7, in: 1...31)
        let isJSON = options["format"] == "json"
        guard isJSON || options["format"] ?? "csv" == "csv" else { throw UsageError("--format must be csv or json.") }
        let rows = try context.database.read { try $0.programme(first, Int(days), in: options["place"]) }
        return String(decoding: isJSON ? rows.json : rows.csv, as: UTF8.self)
    }
}

private struct ExportedSession {
    let session: Session
    let movie: String
    let place: String
    let room: String
    let startsAt: String
}

extension [ExportedSession] {
    fileprivate var csv: [UInt8] {
        var csv = CSVWriter()
        csv.append(ProgrammeColumn.allCases.map(\.rawValue))
        for row in self {
            let price = row.session.onlyPrice
            csv.append([
                "\(row.session.id)", row.movie, row.place, row.room, row.startsAt, "\(row.session.allocation)",
                price.map { "\($0.amount)" } ?? "", price?.currency ?? "",
            ])
        }
        return csv.bytes
    }

    fileprivate var json: [UInt8] {
        var json = JSONWriter()
        json.object { json in
            json.array("sessions") { json in
                for row in self { json.object { row.write(to: &$0) } }
            }
        }
        return json.bytes
    }
}

extension ExportedSession {
    fileprivate func write(to json: inout JSONWriter) {
        json.field("id", session.id)
        json.field("movie", movie)
        json.field("place", place)
        json.field("room", room)
        json.field("starts_at", startsAt)
        json.field("allocation", session.allocation)
        guard let price = session.onlyPrice else { return json.field("price", String?.none) }
        json.object("price") { json in
            json.field("amount", price.amount)
            json.field("currency", price.currency)
        }
    }
}

extension Connection {
    fileprivate func programme(_ first: CalendarDate, _ days: Int, in place: String?) throws -> [ExportedSession] {
        guard let last = CalendarDate(daysSinceEpoch: first.daysSinceEpoch + days - 1) else {
            throw UsageError("--from is too late a day.")
        }
        let all = try rows("SELECT id, name, time_zone FROM places ORDER BY id") { row in
            (id: try row.value(0, as: PlaceID.self), name: try row.text(1), zone: try row.text(2))
        }
        let wanted = all.filter { place == nil || $0.name == place || "\($0.id)" == place }
        guard place == nil || !wanted.isEmpty else {
            throw SettingError("No place is called '\(place ?? "")', nor has it for an id.")
        }
        let shared = try SharedNames(self)
        var programme: [ExportedSession] = []
        for place in wanted {
            guard let zone = TimeZone.named(place.zone) else { throw SettingError("There is no zone \(place.zone).") }
            let (from, to) = (zone.moments(of: first).lowerBound, zone.moments(of: last).upperBound)
            let room = ProgrammeFile.mostRows - programme.count
            let found = try sessions(
                """
                s.place_id = \(place.id) AND s.starts_at >= \(from) AND s.starts_at < \(to)
                ORDER BY s.starts_at, s.id LIMIT \(room + 1)
                """)
            guard found.count <= room else {
                throw UsageError(
                    "These are more than \(ProgrammeFile.mostRows) sessions: ask for fewer days, or a place.")
            }
            programme += found.map { shared.exported($0, in: zone) }
        }
        return programme
    }
}

/// Names that several things have: those are written as ids.
private struct SharedNames {
    private let titles: Set<String>
    private let places: Set<String>
    /// Behind the number of their place.
    private let rooms: Set<String>

    init(_ connection: Connection) throws {
        titles = Set(
            try connection.rows("SELECT title FROM movies GROUP BY title HAVING count(*) > 1") { try $0.text(0) })
        places = Set(
            try connection.rows("SELECT name FROM places GROUP BY name HAVING count(*) > 1") { try $0.text(0) })
        rooms = Set(
            try connection.rows("SELECT place_id, name FROM rooms GROUP BY place_id, name HAVING count(*) > 1") { row in
                "\(try row.int(0)) \(try row.text(1))"
            })
    }

    func exported(_ session: Session, in zone: TimeZone) -> ExportedSession {
        let (movie, place, room) = (session.movie, session.place, session.room)
        let isRoomShared = rooms.contains("\(place.id.rawValue) \(room.name)")
        return ExportedSession(
            session: session, movie: written(movie.title, movie.id, isShared: titles.contains(movie.title)),
            place: written(place.name, place.id, isShared: places.contains(place.name)),
            room: written(room.name, room.id, isShared: isRoomShared), startsAt: session.startsAt.local(in: zone))
    }

    /// The name, where reading it back finds the same thing and no other; otherwise the id. A name that did not come by
    /// the API may be in another normal form, which Swift holds for equal and SQLite does not.
    private func written<Tag>(_ name: String, _ id: TypedID<Tag>, isShared: Bool) -> String {
        let isAsRead = name.utf8.elementsEqual(name.nfc.trimmed.utf8) && TypedID<Tag>(name) == nil
        return isAsRead && !isShared ? name : "\(id)"
    }
}
