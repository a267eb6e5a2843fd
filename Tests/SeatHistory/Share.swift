/// What a booking has of its session in a stage: between the least and the most that is possible.
struct Share {
    let taken: ClosedRange<Int>
    let held: ClosedRange<Int>
    let sold: ClosedRange<Int>
    /// Seats that are its own whatever is the case, and those that may be.
    let definite: Set<String>
    let possible: Set<String>
    /// It may have seats that nobody was told of.
    let mayBeAnywhere: Bool

    static let nothing = Share([BookingState()])

    init(_ states: Set<BookingState>) {
        func range(_ count: (BookingState) -> Int) -> ClosedRange<Int> {
            let counts = states.map(count)
            return (counts.min() ?? 0)...(counts.max() ?? 0)
        }
        taken = range { $0.holds ? $0.count : 0 }
        held = range { $0.status == .open ? $0.count : 0 }
        sold = range { $0.status == .confirmed ? $0.count : 0 }
        let seats = states.map { $0.holds ? $0.seats : [] }
        mayBeAnywhere = seats.contains(nil)
        let told = seats.map { $0 ?? [] }
        definite = told.dropFirst().reduce(told.first ?? []) { $0.intersection($1) }
        possible = told.reduce([]) { $0.union($1) }
    }
}

/// What all bookings of a session have together, at one moment.
struct Holdings {
    private var shares: [String: Share] = [:]
    private(set) var taken = 0...0
    private(set) var held = 0...0
    private(set) var sold = 0...0
    private var definite: [String: Set<String>] = [:]
    private var possible: [String: Set<String>] = [:]
    private var anywhere: Set<String> = []

    mutating func replace(_ booking: String, with share: Share) {
        let old = shares.updateValue(share, forKey: booking) ?? .nothing
        taken = Self.sum(taken, old.taken, share.taken)
        held = Self.sum(held, old.held, share.held)
        sold = Self.sum(sold, old.sold, share.sold)
        Self.move(booking, from: old.definite, to: share.definite, in: &definite)
        Self.move(booking, from: old.possible, to: share.possible, in: &possible)
        if share.mayBeAnywhere { anywhere.insert(booking) } else { anywhere.remove(booking) }
    }

    private static func sum(
        _ all: ClosedRange<Int>, _ old: ClosedRange<Int>, _ new: ClosedRange<Int>
    ) -> ClosedRange<Int> {
        (all.lowerBound - old.lowerBound + new.lowerBound)...(all.upperBound - old.upperBound + new.upperBound)
    }

    private static func move(
        _ booking: String, from old: Set<String>, to new: Set<String>, in holders: inout [String: Set<String>]
    ) {
        for seat in old.subtracting(new) { holders[seat]?.remove(booking) }
        for seat in new.subtracting(old) { holders[seat, default: []].insert(booking) }
    }

    /// What others than this booking have.
    func taken(besides booking: String) -> ClosedRange<Int> {
        Self.sum(taken, (shares[booking] ?? .nothing).taken, 0...0)
    }

    func isDefinitelyTaken(_ seat: String, besides booking: String? = nil) -> Bool {
        !(definite[seat] ?? []).subtracting(booking.map { [$0] } ?? []).isEmpty
    }

    func isPossiblyTaken(_ seat: String, besides booking: String? = nil) -> Bool {
        let others = (possible[seat] ?? []).union(anywhere)
        return !others.subtracting(booking.map { [$0] } ?? []).isEmpty
    }

    /// Seats of this booking's that others have for certain, too.
    func contested(by booking: String) -> [String] {
        (shares[booking]?.definite ?? []).filter { isDefinitelyTaken($0, besides: booking) }.sorted()
    }
}
