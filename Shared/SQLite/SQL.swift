/// What a statement's parameter is bound to; SQLite knows these five storage classes and no other.
package enum SQLValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case real(Double)
    case text(String)
    case blob([UInt8])
}

/// A type whose values can be bound to a statement's parameter.
public protocol SQLBindable {
    /// The text and arguments that stand for this value: one parameter.
    var sqlParameter: SQL.Parameter { get }
}

/// A statement's text with its arguments.
///
///     let sql: SQL = "SELECT name FROM things WHERE id = \(id)"
///
/// An interpolated value becomes a parameter and is bound, never pasted into the text. There is no way to make
/// an `SQL` from a `String` that is not a literal.
public struct SQL: Sendable, ExpressibleByStringInterpolation {
    /// One bound value. A `Double` that is not a number is bound as NULL, as SQLite has no such number.
    public struct Parameter: Sendable {
        let value: SQLValue
    }

    /// The text in pieces, all of them literals of the program, `?` for each argument: put together only where a
    /// statement is prepared, which is once for most.
    private(set) var pieces: [StaticString] = []
    package private(set) var arguments: [SQLValue] = []

    /// A `StaticString`, which cannot be made while the program runs.
    public init(stringLiteral value: StaticString) {
        pieces = [value]
    }

    fileprivate init() {}

    /// Each argument is written as `?`.
    public var text: String { pieces.map(\.description).joined() }

    public init(stringInterpolation: StringInterpolation) {
        self = stringInterpolation.sql
    }

    public mutating func append(_ other: SQL) {
        pieces += other.pieces
        arguments += other.arguments
    }

    public static func + (left: SQL, right: SQL) -> SQL {
        var sum = left
        sum.append(right)
        return sum
    }

    public static func += (left: inout SQL, right: SQL) {
        left.append(right)
    }
}

extension SQL {
    public struct StringInterpolation: StringInterpolationProtocol {
        fileprivate var sql = SQL()

        public init(literalCapacity: Int, interpolationCount: Int) {
            sql.pieces.reserveCapacity(interpolationCount * 2 + 1)
            sql.arguments.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: StaticString) {
            sql.pieces.append(literal)
        }

        public mutating func appendInterpolation(_ value: some SQLBindable) {
            bind(value.sqlParameter)
        }

        public mutating func appendInterpolation(_ value: (some SQLBindable)?) {
            bind(value?.sqlParameter ?? Parameter(value: .null))
        }

        /// A typed identifier, a timestamp, an enumeration: bound as its raw value.
        public mutating func appendInterpolation<R: RawRepresentable>(_ value: R) where R.RawValue: SQLBindable {
            bind(value.rawValue.sqlParameter)
        }

        public mutating func appendInterpolation<R: RawRepresentable>(_ value: R?) where R.RawValue: SQLBindable {
            bind(value?.rawValue.sqlParameter ?? Parameter(value: .null))
        }

        /// `IN (\(list: ids))`: every element bound. An empty list is written `IN ()`, which holds no row.
        public mutating func appendInterpolation(list: [some SQLBindable]) {
            // No key paths: generic ones are made anew, and looked up for each element, every time.
            bind(list: list.map { $0.sqlParameter })
        }

        public mutating func appendInterpolation<R: RawRepresentable>(list: [R]) where R.RawValue: SQLBindable {
            bind(list: list.map { $0.rawValue.sqlParameter })
        }

        /// A piece of the program's own text, such as the direction of a sort.
        public mutating func appendInterpolation(raw: StaticString) {
            sql.pieces.append(raw)
        }

        /// Another statement's text and arguments in this place.
        public mutating func appendInterpolation(sql fragment: SQL) {
            sql.append(fragment)
        }

        private mutating func bind(_ parameter: Parameter) {
            sql.pieces.append("?")
            sql.arguments.append(parameter.value)
        }

        /// Repeats the last element up to a power of two, which changes nothing in `IN`: otherwise every length of
        /// a list would be a statement of its own in the cache.
        private mutating func bind(list: [Parameter]) {
            guard let last = list.last else { return }
            var width = 1
            while width < list.count { width *= 2 }
            for index in 0..<width {
                if index > 0 { sql.pieces.append(",") }
                bind(index < list.count ? list[index] : last)
            }
        }
    }
}

extension Int64: SQLBindable {
    public var sqlParameter: SQL.Parameter { SQL.Parameter(value: .integer(self)) }
}

extension Int: SQLBindable {
    public var sqlParameter: SQL.Parameter { SQL.Parameter(value: .integer(Int64(self))) }
}

extension Bool: SQLBindable {
    public var sqlParameter: SQL.Parameter { SQL.Parameter(value: .integer(self ? 1 : 0)) }
}

extension Double: SQLBindable {
    public var sqlParameter: SQL.Parameter { SQL.Parameter(value: .real(self)) }
}

extension String: SQLBindable {
    public var sqlParameter: SQL.Parameter { SQL.Parameter(value: .text(self)) }
}

extension [UInt8]: SQLBindable {
    public var sqlParameter: SQL.Parameter { SQL.Parameter(value: .blob(self)) }
}
