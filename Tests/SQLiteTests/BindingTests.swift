import SQLite
import Testing

private struct Ticket: RawRepresentable, Equatable { let rawValue: Int64 }
private enum State: String { case open, sold }

@Suite("Binding")
struct BindingTests {
    let directory: TemporaryDirectory
    let database: Database

    init() throws {
        directory = TemporaryDirectory()
        database = try Database(in: directory)
    }

    private func echo<T>(_ sql: SQL, _ make: (Row) throws -> T) throws -> T? {
        try database.read { try $0.first(sql, make) }
    }

    @Test("integers keep every bit", arguments: [Int64.min, -1, 0, 1, Int64.max])
    func integers(value: Int64) throws {
        #expect(try echo("SELECT \(value)") { try $0.int(0) } == value)
        #expect(try echo("SELECT \(Int(value))") { try $0.int(0) } == value)
    }

    @Test(
        "doubles keep every bit", arguments: [0.1, -.pi, .greatestFiniteMagnitude, .leastNonzeroMagnitude, .infinity])
    func doubles(value: Double) throws {
        #expect(try echo("SELECT \(value)") { try $0.double(0) } == value)
    }

    @Test("a double that is no number becomes NULL")
    func notANumber() throws {
        #expect(try echo("SELECT \(Double.nan)") { $0.isNil(0) } == true)
    }

    @Test(
        "texts come back as they went", arguments: ["", "é", "a\u{0}b", "👩‍👩‍👧", "'; DROP TABLE things; --", "x'00'", "?"])
    func texts(value: String) throws {
        #expect(try echo("SELECT \(value)") { try $0.text(0) } == value)
        #expect(try echo("SELECT \(value)") { try $0.withText(0) { Array($0) } } == Array(value.utf8))
    }

    @Test("bytes come back as they went, none included", arguments: [[], [0], [0xff, 0x00, 0x27]] as [[UInt8]])
    func bytes(value: [UInt8]) throws {
        #expect(try echo("SELECT \(value)") { try $0.bytes(0) } == value)
    }

    @Test("booleans are 1 and 0")
    func booleans() throws {
        #expect(try echo("SELECT \(true), \(false)") { [try $0.int(0), try $0.int(1)] } == [1, 0])
        #expect(try echo("SELECT \(true)") { try $0.bool(0) } == true)
    }

    @Test("nothing is NULL, whatever its type")
    func nothing() throws {
        let sql: SQL = """
            SELECT \(nil as Int64?), \(nil as Int?), \(nil as Double?), \(nil as String?), \(nil as [UInt8]?),
                \(nil as Bool?), \(nil as Ticket?), \(nil as State?)
            """
        #expect(try echo(sql) { row in (0..<8).allSatisfy(row.isNil) } == true)
        let read = try echo(sql) { row in
            try row.intOrNil(0) == nil && row.doubleOrNil(2) == nil && row.textOrNil(3) == nil
                && row.bytesOrNil(4) == nil && row.boolOrNil(5) == nil
                && row.valueOrNil(6, as: Ticket.self) == nil && row.valueOrNil(7, as: State.self) == nil
        }
        #expect(read == true)
    }

    @Test("raw values are bound and read as their types")
    func rawValues() throws {
        let ticket: Ticket? = Ticket(rawValue: 7)
        #expect(try echo("SELECT \(ticket)") { try $0.value(0, as: Ticket.self) } == ticket)
        #expect(try echo("SELECT \(State.sold)") { try $0.value(0, as: State.self) } == .sold)
    }

    @Test("a raw value that its type refuses is an error")
    func unknownRawValue() {
        #expect(throws: DatabaseError.self) { try echo("SELECT 'burnt'") { try $0.value(0, as: State.self) } }
    }

    @Test("a column is never read as another type than it was stored as")
    func mismatches() {
        #expect(throws: DatabaseError.self) { try echo("SELECT NULL") { try $0.int(0) } }
        #expect(throws: DatabaseError.self) { try echo("SELECT 'abc'") { try $0.int(0) } }
        #expect(throws: DatabaseError.self) { try echo("SELECT 1") { try $0.text(0) } }
        #expect(throws: DatabaseError.self) { try echo("SELECT NULL") { try $0.text(0) } }
        #expect(throws: DatabaseError.self) { try echo("SELECT 1") { try $0.int(1) } }
    }

    @Test("a list binds each element", arguments: 0...5)
    func lists(count: Int) throws {
        let ids = (0..<count).map(Int64.init)
        let sql: SQL = "SELECT value FROM json_each('[0,1,2,3,4,5]') WHERE value IN (\(list: ids)) ORDER BY value"
        #expect(try database.read { try $0.rows(sql) { try $0.int(0) } } == ids)
    }

    @Test("lists of typed identifiers and of texts bind too")
    func typedLists() throws {
        let tickets = [Ticket(rawValue: 3), Ticket(rawValue: 1)]
        #expect(try echo("SELECT 1 IN (\(list: tickets)), 2 IN (\(list: tickets))") { try $0.int(0) - $0.int(1) } == 1)
        #expect(try echo("SELECT 'b' IN (\(list: ["a", "b", "c"]))") { try $0.bool(0) } == true)
    }

    @Test("pieces are put together with their arguments in order")
    func composition() throws {
        var sql: SQL = "SELECT \(1)"
        let piece: SQL = ", \(2)"
        sql.append(piece)
        sql += ", \(3) \(raw: "AS three")"
        let whole: SQL = "SELECT * FROM (\(sql: sql + ", \(4)"))"
        #expect(whole.text == "SELECT * FROM (SELECT ?, ?, ? AS three, ?)")
        #expect(try echo(whole) { row in try (0..<4).map(row.int) } == [1, 2, 3, 4])
    }

    @Test("an interpolated value cannot become SQL")
    func injection() async throws {
        let name = "x'); DROP TABLE things; --"
        try await database.write { try $0.execute("INSERT INTO things (name) VALUES (\(name))") }
        #expect(try database.read { try $0.rows("SELECT name FROM things") { try $0.text(0) } } == [name])
    }

    @Test("one call is one statement")
    func oneStatement() {
        #expect(throws: DatabaseError.self) { try echo("SELECT 1; SELECT 2") { try $0.int(0) } }
        #expect(throws: DatabaseError.self) { try echo("") { try $0.int(0) } }
        #expect(throws: DatabaseError.self) { try echo("SELECT ?") { try $0.int(0) } }
        #expect(throws: Never.self) { try echo("SELECT 1;\n") { try $0.int(0) } }
    }

    @Test("a statement may run inside its own loop")
    func reentrance() throws {
        let pairs = try database.read { connection in
            try connection.rows("SELECT value FROM json_each('[1,2]')") { outer in
                let inner = try connection.rows("SELECT value FROM json_each('[1,2]')") { try $0.int(0) }
                return try [outer.int(0)] + inner
            }
        }
        #expect(pairs == [[1, 1, 2], [2, 1, 2]])
    }
}
