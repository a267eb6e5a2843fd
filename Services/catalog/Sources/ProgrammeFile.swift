import CSV
import JSON
import Text

/// A file of the programme as it was written, CSV or JSON: rows of texts, and what cannot be read at all.
struct ProgrammeFile: Sendable {
    static let mostBytes = 4 * 1_048_576
    static let mostRows = 10_000

    private(set) var rows: [ProgrammeRow] = []
    private(set) var faults: [ProgrammeFault] = []

    /// What begins with a brace is JSON, anything else CSV.
    init(_ bytes: [UInt8]) {
        let body = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? Array(bytes.dropFirst(3)) : bytes
        if body.first(where: { !" \t\r\n".utf8.contains($0) }) == UInt8(ascii: "{") {
            readJSON(body)
        } else {
            readCSV(CSVText(body))
        }
        if rows.count > Self.mostRows { refuse("file", "There are more than \(Self.mostRows) sessions.") }
        if rows.isEmpty, faults.isEmpty { refuse("file", "There are no sessions.") }
    }

    private mutating func refuse(_ place: String, _ message: String) {
        faults.append(ProgrammeFault(place: place, column: nil, message: message))
    }

    // MARK: CSV

    private mutating func readCSV(_ text: CSVText) {
        for fault in text.faults { refuse("line \(fault.line)", "\(fault.reason.sentence)") }
        guard let header = text.records.first else { return }
        guard let columns = columns(header) else { return }
        for record in text.records.dropFirst() {
            let place = "line \(record.line)"
            guard record.fields.count <= columns.count else {
                refuse(place, "There are \(record.fields.count) fields for \(columns.count) columns.")
                continue
            }
            var row = ProgrammeRow(place)
            for (column, field) in zip(columns, record.fields) {
                if let column { row[column] = field }
            }
            rows.append(row)
        }
    }

    /// Nil for a column that is none of ours, and for a header that will not do.
    private mutating func columns(_ header: CSVText.Record) -> [ProgrammeColumn?]? {
        let names = header.fields.map { $0.trimmed.lowercased() }
        let columns = names.map(ProgrammeColumn.init)
        let place = "line \(header.line)"
        let known = faults.count
        for (name, column) in zip(names, columns) where column == nil && !name.isEmpty {
            refuse(place, "No column is called '\(name.prefix(40))'.")
        }
        for column in ProgrammeColumn.allCases where columns.count(where: { $0 == column }) > 1 {
            refuse(place, "The column \(column.rawValue) comes twice.")
        }
        for column in [ProgrammeColumn.movie, .startsAt] where !columns.contains(column) {
            refuse(place, "The column \(column.rawValue) is missing.")
        }
        return faults.count == known ? columns : nil
    }

    // MARK: JSON

    private mutating func readJSON(_ bytes: [UInt8]) {
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: bytes)
        } catch {
            return refuse("line \(error.line)", error.description)
        }
        guard let sessions = json["sessions"]?.arrayValue else {
            return refuse("file", "The object must have a list of sessions.")
        }
        for (index, session) in sessions.enumerated() {
            let place = "session \(index + 1)"
            guard let members = session.objectValue else {
                refuse(place, "It must be an object.")
                continue
            }
            rows.append(row(place, members))
        }
    }

    private func row(_ place: String, _ members: JSONObject) -> ProgrammeRow {
        var row = ProgrammeRow(place)
        func take(_ value: JSONValue?, _ column: ProgrammeColumn) {
            switch value {
            case nil, .null?: break
            case .string(let text)?: row[column] = text
            case .integer(let number)?: row[column] = "\(number)"
            case .number(let number)?: row[column] = Int64(exactly: number).map { "\($0)" } ?? "\(number)"
            default: row.refuse(column, "must be text or a number")
            }
        }
        for column in ProgrammeColumn.allCases where column != .priceAmount && column != .priceCurrency {
            take(members[column.rawValue], column)
        }
        if let price = members["price"], price != .null {
            if price.objectValue == nil { row.refuse(.priceAmount, "the price must be an object") }
            take(price["amount"], .priceAmount)
            take(price["currency"], .priceCurrency)
        }
        return row
    }
}

extension CSVText.Fault.Reason {
    fileprivate var sentence: StaticString {
        switch self {
        case .strayQuote: "A quotation mark stands within a field that does not begin with one."
        case .textAfterQuote: "Something follows the closing quotation mark of a field."
        case .openQuote: "A field begins with a quotation mark, and does not end."
        case .notUTF8: "The text is not UTF-8."
        }
    }
}
