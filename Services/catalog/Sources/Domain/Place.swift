/// Where movies are shown.
package struct Place: Equatable, Sendable {
    package let id: PlaceID
    package let name: String
    package let address: String
    package let city: String
    /// A name of the IANA time zone database: says when a day begins there.
    package let timeZone: String
    /// Minutes between the end of a movie and the start of the next one in a room; nil is what the service is set to.
    package let turnaround: Int64?
    /// Of new sessions whose room has none.
    package var tariffs: [Tariff] = []

    package static let turnarounds: ClosedRange<Int64> = 0...240
}

package struct Room: Equatable, Sendable {
    package static let mostInPlace: Int64 = 100
    package static let capacities: ClosedRange<Int64> = 1...10_000

    package let id: RoomID
    package let name: String
    package let capacity: Int64
    /// Whether the capacity is that of a plan of seats.
    package let seated: Bool
    /// Of new sessions.
    package var tariffs: [Tariff] = []
}

/// A seat of a plan that is still to be made.
package struct PlannedSeat: Equatable, Sendable {
    package enum Kind: String, CaseIterable, Sendable { case standard, wheelchair, companion }

    package let row: String
    package let number: Int64
    package let kind: Kind
    /// Where it is drawn.
    package let x: Double
    package let y: Double

    /// The seats whose row and number another one before them has.
    package static func repeated(in seats: [PlannedSeat]) -> [PlannedSeat] {
        var seen: Set<String> = []
        return seats.filter { !seen.insert("\($0.number) \($0.row)").inserted }
    }
}
