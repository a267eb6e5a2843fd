import Money
import Text
import Time
import TimeZone

/// What a file of the programme says about a session, one text a column.
package enum ProgrammeColumn: String, CaseIterable, Sendable {
    case id, movie, place, room
    case startsAt = "starts_at"
    case allocation
    case priceAmount = "price_amount"
    case priceCurrency = "price_currency"
}

/// What is wrong with a file, and where.
package struct ProgrammeFault: Equatable, Sendable, CustomStringConvertible {
    /// Of the column where it is known, otherwise of the session; nil for what is about the whole file.
    package let line: Int?
    /// The number of the session, where it is in a list.
    package var session: Int?
    package var column: ProgrammeColumn?
    package let message: String

    package var description: String {
        let names = [
            line.map { "line \($0)" } ?? "file", session.map { "session \($0)" }, column?.rawValue,
        ].compactMap(\.self)
        return "\(names.joined(separator: ", ")): \(message)"
    }
}

/// A session as a file names it: texts, of which nothing is known yet but that they are not empty.
package struct ProgrammeRow: Sendable {
    /// Where it begins.
    package let line: Int
    /// Its number, where it is in a list.
    package let session: Int?
    package private(set) var faults: [ProgrammeFault] = []
    /// Where its columns are that are not on its first line.
    private let lines: [ProgrammeColumn: Int]
    private var texts: [ProgrammeColumn: String] = [:]

    package init(line: Int, session: Int? = nil, lines: [ProgrammeColumn: Int] = [:]) {
        self.line = line
        self.session = session
        self.lines = lines
    }

    /// `line 3`, or `line 9, session 3`.
    package var place: String { "line \(line)\(session.map { ", session \($0)" } ?? "")" }

    package subscript(column: ProgrammeColumn) -> String? {
        get { texts[column] }
        set { texts[column] = newValue.map(\.nfc.trimmed).flatMap { $0.isEmpty ? nil : $0 } }
    }

    package mutating func refuse(_ column: ProgrammeColumn?, _ message: String) {
        let line = column.flatMap { lines[$0] } ?? line
        faults.append(ProgrammeFault(line: line, session: session, column: column, message: message))
    }

    // MARK: Reading what needs no database

    /// Nil where there is none, and where it is a fault.
    package mutating func allocation() -> Int64? { integer(.allocation, Room.capacities) }

    package mutating func price() -> Session.Price? {
        let amount = integer(.priceAmount, Session.Price.amounts)
        let currency = self[.priceCurrency]
        if let currency, Currency(currency) == nil {
            refuse(.priceCurrency, "must be an ISO 4217 code, such as EUR")
        } else if currency != nil, self[.priceAmount] == nil {
            refuse(.priceAmount, "is missing beside its currency")
        } else if self[.priceAmount] != nil, currency == nil {
            refuse(.priceCurrency, "is missing beside its amount")
        } else if let amount, let currency {
            return Session.Price(amount: amount, currency: currency)
        }
        return nil
    }

    /// A moment with an offset, or what the clocks of the place show.
    /// - Parameter zone: the place's; nil where it is not known, and only the form is looked at.
    package mutating func start(in zone: TimeZone?) -> Timestamp? {
        guard let text = self[.startsAt] else {
            refuse(.startsAt, "is required")
            return nil
        }
        if let moment = Timestamp(rfc3339: text) { return moment }
        guard let local = Timestamp(rfc3339: text + "Z") else {
            refuse(.startsAt, "must be as 2026-11-23T20:30, by the clocks of the place, or with an offset behind it")
            return nil
        }
        guard let moments = zone?.moments(ofLocal: local) else { return nil }
        switch moments.count {
        case 1: return moments[0]
        case 0: refuse(.startsAt, "does not exist there: the clocks are set forward over it")
        default: refuse(.startsAt, "comes twice there, as the clocks are set back: write it with its offset")
        }
        return nil
    }

    private mutating func integer(_ column: ProgrammeColumn, _ range: ClosedRange<Int64>) -> Int64? {
        guard let text = self[column] else { return nil }
        if let number = Int64(text), range.contains(number) { return number }
        refuse(column, "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        return nil
    }
}

extension Timestamp {
    /// As the clocks of a place show it, with their offset: `2026-11-23T20:30+01:00`.
    package func local(in zone: TimeZone) -> String {
        let offset = zone.offsetSeconds(at: self)
        // No zone of today has an offset with seconds.
        guard offset % 60 == 0 else { return rfc3339 }
        let shown = advanced(byMilliseconds: offset * 1000).rfc3339
        let digits = rawValue % 60_000 == 0 ? 16 : rawValue % 1000 == 0 ? 19 : 23
        let (hours, minutes) = (abs(offset) / 3600, abs(offset) / 60 % 60)
        let sign = offset < 0 ? "-" : "+"
        return "\(shown.prefix(digits))\(sign)\(hours < 10 ? "0" : "")\(hours):\(minutes < 10 ? "0" : "")\(minutes)"
    }
}
