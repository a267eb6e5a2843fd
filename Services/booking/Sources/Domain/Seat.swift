/// A seat of a room's plan.
package struct Seat: Sendable, Equatable {
    package enum Kind: String, Sendable, CaseIterable {
        case standard, companion, wheelchair
    }

    package let id: SeatID
    package let row: String
    package let number: Int64
    package let kind: Kind
    /// Where it is drawn; the screen is where `y` is smallest.
    package let x: Double
    package let y: Double

    package init(id: SeatID, row: String, number: Int64, kind: Kind, x: Double, y: Double) {
        self.id = id
        self.row = row
        self.number = number
        self.kind = kind
        self.x = x
        self.y = y
    }
}

/// Seats side by side in one row, nobody's, without an aisle between them.
struct SeatRun: Equatable {
    /// The row's place from the screen, 0 at the front.
    let row: Int
    let seats: ArraySlice<Seat>

    var count: Int { seats.count }
}

/// A room's seats as rows, for finding seats that are next to one another.
package struct SeatPlan: Sendable {
    /// Front to back, each from one side to the other.
    let rows: [[Seat]]
    private let byID: [SeatID: Seat]
    /// The point that everybody wants to sit at: the middle of what is drawn.
    let middle: (x: Double, y: Double)

    package init(_ seats: [Seat]) {
        let byRow = Dictionary(grouping: seats, by: \.row)
        rows = byRow.values.map { row in row.sorted { ($0.x, $0.number) < ($1.x, $1.number) } }
            .sorted { ($0[0].y, $0[0].row) < ($1[0].y, $1[0].row) }
        byID = Dictionary(seats.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
        let xs = seats.map(\.x)
        let ys = seats.map(\.y)
        middle = (((xs.min() ?? 0) + (xs.max() ?? 0)) / 2, ((ys.min() ?? 0) + (ys.max() ?? 0)) / 2)
    }

    package subscript(id: SeatID) -> Seat? { byID[id] }

    /// Every seat, front to back.
    var seats: [Seat] { rows.flatMap(\.self) }

    /// The longest runs of seats that `isFree` accepts.
    func runs(where isFree: (Seat) -> Bool) -> [SeatRun] {
        rows.enumerated().flatMap { index, row in
            let aisle = Self.aisle(in: row)
            var runs: [SeatRun] = []
            var start = row.startIndex
            for position in row.indices {
                if !isFree(row[position]) {
                    if start < position { runs.append(SeatRun(row: index, seats: row[start..<position])) }
                    start = position + 1
                } else if position > start, row[position].x - row[position - 1].x > aisle {
                    runs.append(SeatRun(row: index, seats: row[start..<position]))
                    start = position
                }
            }
            if start < row.endIndex { runs.append(SeatRun(row: index, seats: row[start...])) }
            return runs
        }
    }

    /// A gap wider than this is an aisle: half as much again as the smallest distance in the row.
    private static func aisle(in row: [Seat]) -> Double {
        let distances = zip(row, row.dropFirst()).map { $1.x - $0.x }.filter { $0 > 0 }
        return (distances.min() ?? 1) * 1.5
    }

    func distance(of seat: Seat) -> Double {
        let (dx, dy) = (seat.x - middle.x, seat.y - middle.y)
        return dx * dx + dy * dy
    }
}
