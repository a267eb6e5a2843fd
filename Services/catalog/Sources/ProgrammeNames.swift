import SQLite
import TimeZone
import TypedID

/// What the movies, places and rooms are that a file names, by id or by name.
struct ProgrammeNames {
    struct NamedRoom {
        let id: RoomID
        let place: PlaceID
        let name: String
        let capacity: Int64
    }

    /// Several where a name is not one's alone.
    private var movies: [String: [(id: MovieID, duration: Int64)]] = [:]
    private var places: [String: [PlaceID]] = [:]
    private var zones: [PlaceID: TimeZone] = [:]
    private var rooms: [PlaceID: [NamedRoom]] = [:]
    private var roomsByID: [RoomID: NamedRoom] = [:]

    init(_ rows: [ProgrammeRow], _ connection: Connection) throws {
        // One walk over the movies for so many titles: there is no index of them.
        for texts in Set(rows.compactMap { $0[.movie] }).sorted().chunks(of: 256) {
            try connection.forEach("SELECT id, title, duration FROM movies WHERE title IN (\(list: texts))") { row in
                movies[try row.text(1), default: []].append((try row.value(0), try row.int(2)))
            }
            let ids = texts.compactMap(MovieID.init)
            guard !ids.isEmpty else { continue }
            try connection.forEach("SELECT id, duration FROM movies WHERE id IN (\(list: ids))") { row in
                let id = try row.value(0, as: MovieID.self)
                movies["\(id)"] = [(id, try row.int(1))]
            }
        }
        try connection.forEach("SELECT id, name, time_zone FROM places ORDER BY id") { row in
            let id = try row.value(0, as: PlaceID.self)
            places[try row.text(1), default: []].append(id)
            places["\(id)"] = [id]
            zones[id] = TimeZone.named(try row.text(2))
        }
        try connection.forEach("SELECT id, place_id, name, capacity FROM rooms ORDER BY id") { row in
            let room = NamedRoom(
                id: try row.value(0), place: try row.value(1), name: try row.text(2), capacity: try row.int(3))
            rooms[room.place, default: []].append(room)
            roomsByID[room.id] = room
        }
    }

    func movie(_ row: inout ProgrammeRow) -> (id: MovieID, duration: Int64)? {
        guard let text = row[.movie] else {
            row.refuse(.movie, "is required")
            return nil
        }
        let found = movies[text] ?? []
        if found.count == 1 { return found[0] }
        row.refuse(.movie, found.isEmpty ? "names no movie" : "names \(found.count) movies: give the id of one")
        return nil
    }

    /// The room and, where the room is in doubt, at least its place's time zone.
    func room(_ row: inout ProgrammeRow) -> (room: NamedRoom?, zone: TimeZone?) {
        guard let text = row[.place] else {
            guard let room = row[.room].flatMap(RoomID.init).flatMap({ roomsByID[$0] }) else {
                row.refuse(.place, "is required, unless the room is named by its id")
                return (nil, nil)
            }
            return (room, zones[room.place])
        }
        let found = places[text] ?? []
        guard found.count == 1 else {
            row.refuse(.place, found.isEmpty ? "names no place" : "names \(found.count) places: give the id of one")
            return (nil, nil)
        }
        return (room(of: found[0], &row), zones[found[0]])
    }

    private func room(of place: PlaceID, _ row: inout ProgrammeRow) -> NamedRoom? {
        let all = rooms[place] ?? []
        guard let text = row[.room] else {
            if all.count == 1 { return all[0] }
            row.refuse(.room, "is required: the place has \(all.count) rooms")
            return nil
        }
        if let id = RoomID(text), let room = roomsByID[id], room.place == place { return room }
        let named = all.filter { $0.name == text }
        if named.count == 1 { return named[0] }
        row.refuse(.room, named.isEmpty ? "names no room of the place" : "names several rooms: give the id of one")
        return nil
    }
}

extension Array {
    fileprivate func chunks(of count: Int) -> [[Element]] {
        stride(from: 0, to: self.count, by: count).map { Array(self[$0..<Swift.min($0 + count, self.count)]) }
    }
}
