/// What a customer asks for: so many seats, or these.
package enum SeatWish: Equatable, Sendable {
    case count(Int64)
    case seats([SeatID])

    package var count: Int64 {
        switch self {
        case .count(let count): count
        case .seats(let seats): Int64(seats.count)
        }
    }

    /// Whether the room has what is named, whoever has it.
    package func requireSeats(of plan: SeatPlan?) throws(BookingRefusal) {
        guard case .seats(let ids) = self else { return }
        let unknown = ids.filter { plan?[$0] == nil }
        guard unknown.isEmpty else { throw .seatsNotInRoom(unknown) }
    }

    /// The seats that fulfil the wish.
    /// - Parameter taken: seats that others have.
    package func fulfilled(in plan: SeatPlan, taken: Set<SeatID>) throws(BookingRefusal) -> [Seat] {
        switch self {
        case .count(let count):
            // There are more seats than fit an Int in no room.
            guard let seats = SeatChoice.best(Int(clamping: count), in: plan, where: { !taken.contains($0.id) }) else {
                throw .notEnoughSeats
            }
            return seats
        case .seats(let ids):
            try requireSeats(of: plan)
            let lost = ids.filter(taken.contains)
            guard lost.isEmpty else { throw .seatsTaken(lost) }
            return ids.compactMap { plan[$0] }
        }
    }
}
