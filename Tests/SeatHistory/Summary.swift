extension History {
    /// How often each thing was asked and how it was answered, in a line.
    public var summary: String {
        let counts = tally.sorted { $0.key < $1.key }.map { "\($1) × \($0)" }
        return "\(entries.count) requests: \(counts.joined(separator: ", "))"
    }

    /// What a history should have some of, and this one has none of.
    public var lacks: [String] {
        let wanted = [
            "open", "open session_started", "reserve", "reserve not_enough_seats", "pick", "pick seat_taken", "confirm",
            "confirm no_seats_reserved", "cancel", "reserve booking_expired",
            "reserve booking_cancelled", "refund", "refund booking_not_confirmed", "allocate",
            "allocate allocation_below_reserved", "look", "show",
        ]
        return wanted.filter { tally[$0] == nil }
    }

    private var tally: [String: Int] {
        entries.reduce(into: [:]) { $0[$1.title, default: 0] += 1 }
    }

    /// The first faults of each kind, and what else was going on about the booking or the session meanwhile.
    public func explain(_ faults: [Fault]) -> String {
        let byRule = Dictionary(grouping: faults, by: \.rule).sorted { $0.key.rawValue < $1.key.rawValue }
        return byRule.map { rule, faults in
            "\(faults.count) × \(rule)\n" + faults.prefix(2).map { "  \($0)\n\(context($0))" }.joined()
        }.joined()
    }

    private func context(_ fault: Fault) -> String {
        guard entries.indices.contains(fault.entry) else { return "" }
        let entry = entries[fault.entry]
        let same = entries.filter { $0.act.booking != nil && $0.act.booking == entry.act.booking }
        return same.suffix(12).map { "    \($0.invoked / 1_000)-\($0.returned / 1_000) µs \($0.act) → \($0.outcome)\n" }
            .joined()
    }
}

extension Entry {
    /// The verb, and the refusal if it was one.
    fileprivate var title: String {
        let verb =
            switch act {
            case .open: "open"
            case .reserve: "reserve"
            case .pick: "pick"
            case .confirm: "confirm"
            case .cancel: "cancel"
            case .refund: "refund"
            case .allocate: "allocate"
            case .look: "look"
            case .show: "show"
            }
        return switch outcome {
        case .refused(let code, _): "\(verb) \(code)"
        case .unknown: "\(verb) without an answer"
        case .unexpected(let what): "\(verb) \(what)"
        default: verb
        }
    }
}
