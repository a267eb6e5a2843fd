/// A booking as the contract has it.
struct BookingState: Hashable {
    enum Status: String { case open, confirmed, cancelled, expired }

    var status = Status.open
    /// What it holds, or held last.
    var count = 0
    /// Nil when nobody was told which.
    var seats: Set<String>? = []

    var holds: Bool { status == .open || status == .confirmed }

    func with(_ status: Status) -> BookingState {
        var changed = self
        changed.status = status
        return changed
    }

    func having(_ count: Int, _ seats: Set<String>?) -> BookingState {
        BookingState(status: status, count: count, seats: seats)
    }
}

extension Entry {
    /// The states that a booking may be in after this act. Whether there was room is not asked here.
    func effects(on state: BookingState, isSeated: Bool) -> [BookingState] {
        switch outcome {
        case .refused(let code, _): return allows(code, state) ? [state] : []
        case .unknown: return success(on: state, isSeated: isSeated).map { [$0] } ?? []
        case .has(let count, let seats):
            guard let after = success(on: state, isSeated: isSeated) else { return [] }
            switch act {
            case .reserve, .pick: return [after.having(count, seats)]
            default: return after.count == count ? [after] : []
            }
        case .opened, .allocated, .looked, .shown, .unexpected: return [state]
        }
    }

    private func success(on state: BookingState, isSeated: Bool) -> BookingState? {
        switch (act, state.status) {
        case (.reserve(_, let count), .open): state.having(count, isSeated ? nil : [])
        case (.pick(_, let seats), .open): state.having(seats.count, seats)
        case (.confirm, .open): state.count > 0 ? state.with(.confirmed) : nil
        case (.cancel, .open): state.with(.cancelled)
        case (.refund, .confirmed): state.with(.cancelled)
        default: nil
        }
    }

    private func allows(_ code: String, _ state: BookingState) -> Bool {
        switch code {
        case "booking_expired": state.status == .expired
        case "booking_confirmed": state.status == .confirmed
        case "booking_cancelled": state.status == .cancelled
        case "no_seats_reserved": state.status == .open && state.count == 0
        case "not_enough_seats", "seat_taken": state.status == .open
        case "booking_not_confirmed": state.status != .confirmed
        default: true
        }
    }

    /// The codes of refusals that this act may have.
    var codes: Set<String> {
        let over: Set = ["booking_expired", "booking_confirmed", "booking_cancelled"]
        return switch act {
        case .open: ["session_started"]
        case .reserve: over.union(["not_enough_seats"])
        case .pick: over.union(["not_enough_seats", "seat_taken"])
        case .confirm: over.union(["no_seats_reserved"])
        case .cancel: over
        case .refund: ["booking_not_confirmed"]
        case .allocate: ["allocation_below_reserved", "session_changing"]
        case .look, .show: []
        }
    }

    /// After a success that should not have been: as it was answered, so that what follows is judged by it.
    func forced(on state: BookingState) -> BookingState {
        guard case .has(let count, let seats) = outcome else { return state }
        switch act {
        case .reserve, .pick: return state.status == .open ? state.having(count, seats) : state
        case .confirm: return state.having(count, state.seats).with(.confirmed)
        case .cancel, .refund: return state.having(count, state.seats).with(.cancelled)
        case .open, .allocate, .look, .show: return state
        }
    }
}
