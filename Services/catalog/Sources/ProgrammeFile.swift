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
        if rows.count > Self.mostRows { refuse(nil, "There are more than \(Self.mostRows) sessions.") }
        if rows.isEmpty, faults.isEmpty { refuse(nil, "There are no sessions.") }
    }

    /// - Parameter line: nil for the whole file.
    private mutating func refuse(_ line: Int?, _ message: String) {
        faults.append(ProgrammeFault(line: line, message: message))
    }

    // MARK: CSV

    private mutating func readCSV(_ text: CSVText) {
        for fault in text.faults { refuse(fault.line, "\(fault.reason.sentence)") }
        guard let header = text.records.first else { return }
        guard let columns = columns(header) else { return }
        for record in text.records.dropFirst() {
            guard record.fields.count <= columns.count else {
                refuse(record.line, "There are \(record.fields.count) fields for \(columns.count) columns.")
                continue
            }
            var row = ProgrammeRow(line: record.line)
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
        let known = faults.count
        for (name, column) in zip(names, columns) where column == nil && !name.isEmpty {
            refuse(header.line, "No column is called '\(name.prefix(40))'.")
        }
        for column in ProgrammeColumn.allCases where columns.count(where: { $0 == column }) > 1 {
            refuse(header.line, "The column \(column.rawValue) comes twice.")
        }
        for column in [ProgrammeColumn.movie, .startsAt] where !columns.contains(column) {
            refuse(header.line, "The column \(column.rawValue) is missing.")
        }
        return faults.count == known ? columns : nil
    }

    // MARK: JSON

    private mutating func readJSON(_ bytes: [UInt8]) {
        let json: JSONValue
        do throws(JSONSyntaxError) {
            json = try JSONValue(parsing: bytes)
        } catch {
            return refuse(error.line, error.description)
        }
        guard let sessions = json["sessions"]?.arrayValue else {
            return refuse(nil, "The object must have a list of sessions.")
        }
        let items = ProgrammeLines(bytes).items
        for (index, session) in sessions.enumerated() {
            // There are as many: should the two ever differ, a wrong line is better than none of the faults.
            let item = index < items.count ? items[index] : ProgrammeLines.Item(line: 1)
            let row = ProgrammeRow(line: item.line, session: index + 1, lines: item.columns)
            guard let members = session.objectValue else {
                faults.append(ProgrammeFault(line: row.line, session: row.session, message: "It must be an object."))
                continue
            }
            rows.append(filled(row, members))
        }
    }

    private func filled(_ row: ProgrammeRow, _ members: JSONObject) -> ProgrammeRow {
        var row = row
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
