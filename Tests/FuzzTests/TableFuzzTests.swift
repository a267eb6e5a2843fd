import CSV
import JSON
import Testing

@testable import CatalogService

/// What staff upload: tables, programmes and plans of seats.
@Suite struct TableFuzzTests {
    private static let tables = [
        "movie,starts_at\r\nmov_1,2026-11-23T20:30\r\n", "a;b\n\"x\"\"y\";\"1\r\n2\"\n\n;;\n", "a\tb\rc\td\r", "\"open",
        "a\"b,c",
        "\u{FEFF}a,b\n\"c\"d,e\nf,g", "\"a\nb\",c\n\"d\ne\n", ",,,\n\"\",\n",
    ].map { Array($0.utf8) }

    @Test("a table's records and faults stand on lines that it has, in order, and hold nothing that it has not")
    func tables() async throws {
        try await Fuzz(name: "CSV", corpus: Self.tables).run { input in
            let text = CSVText(input)
            let found = (text.records.map { ($0.line, 0) } + text.faults.map { ($0.line, 1) }).sorted { $0 < $1 }
            for (one, next) in zip(found, found.dropFirst()) where one.0 >= next.0 {
                return "line \(next.0) comes twice"
            }
            let lines = input.replacing([13, 10], with: [10]).count { $0 == 10 || $0 == 13 } + 1
            guard found.allSatisfy({ (1...lines).contains($0.0) }) else { return "a line beyond the last" }
            let size = text.records.reduce(0) { $0 + $1.fields.reduce(0) { $0 + $1.utf8.count } }
            return size <= input.count ? nil : "\(size) bytes of fields"
        }
    }

    @Test("a table that was written is read as it was")
    func tableRoundTrip() async throws {
        let fields = ["", "a", "a,b", "x;\ty", "say \"so\"", "1\r\n2", "\r", " padded ", "é\u{301}", "\u{FEFF}", "0"]
        try await Fuzz(name: "written CSV", corpus: []).run { mutator in
            let width = mutator.number(1...5)
            return [(0..<width).map { "column\($0)" }]
                + (0..<mutator.number(0...20)).map { _ in
                    (0..<width).map { _ in mutator.text(from: fields, limit: 200) }
                }
        } fault: { rows in
            var writer = CSVWriter()
            rows.forEach { writer.append($0) }
            let text = CSVText(writer.bytes)
            let kept = rows.filter { $0.contains { !$0.isEmpty } }
            guard text.faults.isEmpty else { return "\(text.faults)" }
            let isSame = text.records.elementsEqual(kept) {
                $0.fields.elementsEqual($1) { $0.utf8.elementsEqual($1.utf8) }
            }
            return isSame ? nil : "read as \(text.records)"
        }
    }

    private static let programmes = [
        """
        {"sessions": [
          {"movie": "Été", "place": "Rex", "room": "1", "starts_at": "2026-11-23T20:30", "price": {"amount": 1250,
           "currency": "EUR"}},
          {"id": "ses_1", "movie": "mov_1", "starts_at": "2026-11-23T20:30:00+01:00", "allocation": 100.0}, 7, [], "x", null
        ]}
        """,
        #"{"sessions":[],"sessions":[{}],"a":{"sessions":[{}]},"b":[{"sessions":[1]}]}"#,
        #"{"sessions":[[[{"id":1}]]]}"#,
        "id,movie,place,room,starts_at,allocation,price_amount,price_currency\nses_1,mov_1,Rex,1,2026-11-23T20:30,9,1250,EUR\n",
        "movie;starts_at;allocation\nmov_1;2026-11-23T20:30;99999999999999999999\n;;x\n", "{}", "", "{\"sessions\":{}}",
    ].map { Array($0.utf8) }

    @Test("a programme that cannot be read is told with lines that it has, and each of its sessions with its own")
    func programmes() async throws {
        try await Fuzz(name: "programmes", corpus: Self.programmes).run { input in
            let file = ProgrammeFile(input)
            var rows = file.rows
            for index in rows.indices {
                _ = (rows[index].start(in: nil), rows[index].allocation(), rows[index].price())
            }
            let lines = input.count { $0 == 10 || $0 == 13 } + 1
            for fault in file.faults + rows.flatMap(\.faults) {
                if let line = fault.line, !(1...lines).contains(line) { return "\(fault)" }
            }
            guard !rows.isEmpty || !file.faults.isEmpty else { return "neither sessions nor a fault" }
            return sessionsDiffer(input) ? "another number of sessions on lines than in the list" : nil
        }
    }

    /// Names that are written with escapes are not recognised, as `ProgrammeLines` says.
    private func sessionsDiffer(_ input: [UInt8]) -> Bool {
        guard let json = try? JSONValue(parsing: input), let sessions = json["sessions"]?.arrayValue,
            !input.contains(UInt8(ascii: "\\"))
        else { return false }
        return ProgrammeLines(input).items.count != sessions.count
    }

    @Test("a row of seats has no more than may be, and is the same when it is written one by one")
    func seatRows() async throws {
        let good = ["1-4 _ 5-8", "_2 1w 2c 3-10", "19-1/2", "100000", "1-100000/99999", "5-5/1", "_1000 1-3w", " 7  "]
            .map {
                Array($0.utf8)
            }
        try await Fuzz(name: "seat rows", corpus: good, limit: 4_096).run { input in
            let most = 300
            guard let row = SeatRow(label: "A", String(decoding: input, as: UTF8.self), most: most) else { return nil }
            guard (1...most).contains(row.seats.count) else { return "\(row.seats.count) seats" }
            var text = ""
            var x = 0.0
            for seat in row.seats {
                guard SeatRow.numbers.contains(seat.number), seat.x >= x else { return "\(seat)" }
                for _ in 0..<Int(seat.x - x) / 1_000 { text += "_1000 " }
                if Int(seat.x - x) % 1_000 > 0 { text += "_\(Int(seat.x - x) % 1_000) " }
                text += "\(seat.number)\(seat.kind == .standard ? "" : seat.kind == .wheelchair ? "w" : "c") "
                x = seat.x + 1
            }
            return SeatRow(label: "A", text, most: most) == row ? nil : "another row than \(text)"
        }
    }

    @Test("an address of a poster is one that no reader takes for another's")
    func webAddresses() async throws {
        let good = ["https://img.example/p.jpg", "http://a:8080/x?y=%20#z", "https://a", "https://a@b/", "https://a?b"]
            .map {
                Array($0.utf8)
            }
        try await Fuzz(name: "web addresses", corpus: good, limit: 4_096).run { input in
            let text = String(decoding: input, as: UTF8.self)
            guard isWebAddress(text) else { return nil }
            let authority = text.utf8.drop { $0 != UInt8(ascii: "/") }.dropFirst(2).prefix { !"/?#".utf8.contains($0) }
            let isPlain = text.utf8.allSatisfy { (0x21...0x7E).contains($0) && !"\"<>\\^`{|}".utf8.contains($0) }
            return isPlain && !authority.isEmpty && !authority.contains(UInt8(ascii: "@")) ? nil : "taken"
        }
    }
}
