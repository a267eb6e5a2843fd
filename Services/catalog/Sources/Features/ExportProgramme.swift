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
        "export", ["--from DATE", "[--days 7]", "[--format csv|json]", "[--place PLACE]"], takesOptions: true
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
            let price = row.session.price
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
        guard let price = session.price else { return json.field("price", String?.none) }
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
        let sharedTitles = Set(
            try rows("SELECT title FROM movies GROUP BY title HAVING count(*) > 1") { try $0.text(0) })
        let sharedRooms = Set(
            try rows("SELECT place_id, name FROM rooms GROUP BY place_id, name HAVING count(*) > 1") { row in
                "\(try row.int(0)) \(try row.text(1))"
            })
        var programme: [ExportedSession] = []
        for place in wanted {
            guard let zone = TimeZone.named(place.zone) else { throw SettingError("There is no zone \(place.zone).") }
            let (from, to) = (zone.moments(of: first).lowerBound, zone.moments(of: last).upperBound)
            let isAlone = all.count { $0.name == place.name } == 1
            programme += try rows(
                """
                SELECT \(sql: Session.columns) FROM \(sql: Session.tables)
                WHERE s.place_id = \(place.id) AND s.starts_at >= \(from) AND s.starts_at < \(to)
                ORDER BY s.starts_at, s.id LIMIT \(ProgrammeFile.mostRows + 1 - programme.count)
                """
            ) { row in
                let session = try Session(row)
                let (movie, room) = (session.movie, session.room)
                let isRoomAlone = !sharedRooms.contains("\(place.id.rawValue) \(room.name)")
                return ExportedSession(
                    session: session,
                    movie: written(movie.title, movie.id, isAlone: !sharedTitles.contains(movie.title)),
                    place: written(place.name, place.id, isAlone: isAlone),
                    room: written(room.name, room.id, isAlone: isRoomAlone),
                    startsAt: session.startsAt.local(in: zone))
            }
            guard programme.count <= ProgrammeFile.mostRows else {
                throw UsageError(
                    "These are more than \(ProgrammeFile.mostRows) sessions: ask for fewer days, or a place.")
            }
        }
        return programme
    }
}

/// The name, where reading it back finds the same thing and no other; otherwise the id.
private func written<Tag>(_ name: String, _ id: TypedID<Tag>, isAlone: Bool) -> String {
    isAlone && name == name.nfc.trimmed && TypedID<Tag>(name) == nil ? name : "\(id)"
}
