import SQLite
import TypedID

/// A movie's place in a sorted list.
struct MovieKey {
    /// The value sorted by as a cursor carries it, which is integers: a mean by its bits.
    let value: Int64
    let id: MovieID
}

extension MovieSort {
    /// Sorts this way when it ascends.
    var column: StaticString {
        switch self {
        case .rating: "by_rating"
        case .new: "by_newest"
        case .leavingSoon: "by_leaving"
        }
    }

    /// The column's value as a `MovieKey` has it.
    func key(_ row: Row, _ column: Int) throws -> Int64 {
        switch self {
        case .rating: Int64(bitPattern: try row.double(column).bitPattern)
        case .new, .leavingSoon: try row.int(column)
        }
    }

    /// The value that `key` read, bound.
    func argument(_ key: Int64) -> SQL {
        switch self {
        case .rating: "\(Double(bitPattern: UInt64(bitPattern: key)))"
        case .new, .leavingSoon: "\(key)"
        }
    }

    /// The key of no movie, below those of all.
    var beforeAll: Int64 {
        switch self {
        case .rating: Int64(bitPattern: (-Double.infinity).bitPattern)
        case .new, .leavingSoon: .min
        }
    }

    /// Whether one comes before the other, as SQLite has it.
    func isInOrder(_ first: MovieKey, _ second: MovieKey) -> Bool {
        (rank(first.value), first.id) < (rank(second.value), second.id)
    }

    /// Sorts as the value does: the bits of negative numbers ascend the other way, and 0 and -0 are equal.
    private func rank(_ key: Int64) -> Int64 { self == .rating && key < 0 ? .min &- key : key }
}
