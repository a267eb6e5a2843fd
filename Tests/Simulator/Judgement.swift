import JSON
import Time

/// Compares answers with what the contract says, and goes on from them.
extension Model {
    enum Admission {
        /// It is decided by a write.
        case write
        /// It is answered at once.
        case now(Refusal?)
        case replay(Kept)
    }

    /// What becomes of a request before anything is written.
    /// - Parameter atWork: names of those that are under way.
    func admission(of sent: SentRequest, atWork: Set<String>, at now: Int64) -> Admission {
        switch sent.meaning {
        // That a booking has run out is written before it is said.
        case .show where isLapsed(sent, at: now): return .write
        case .show, .seats: return .now(nil)
        default: break
        }
        guard let name = sent.name else { return .write }
        if atWork.contains(name) { return .now(Refusal(409, "idempotency_in_flight")) }
        guard let known = kept[name], now - known.createdAt < Self.keptMilliseconds else { return .write }
        guard known.request == sent.body else { return .now(Refusal(422, "idempotency_key_reused")) }
        return .replay(known)
    }

    private func isLapsed(_ sent: SentRequest, at now: Int64) -> Bool {
        guard let booking = bookings[sent.booking], booking.user == sent.user else { return false }
        return booking.state == .open && now >= booking.closesAt
    }

    /// Whether nobody can tell if the answer to a request is still kept.
    /// - Parameter latest: the clock has never stood later.
    func mayBeGone(_ sent: SentRequest, latest: Int64) -> Bool {
        sent.name.flatMap { kept[$0] }.map { latest - $0.createdAt >= Self.keptMilliseconds } ?? false
    }

    /// - Parameter refusal: nil where it is done.
    /// - Returns: what is wrong with the answer.
    func fault(of answer: Answer, refusal: Refusal?) -> String? {
        guard let refusal else { return nil }
        guard answer.status == refusal.status, answer.code == refusal.code else {
            return "\(refusal.status) \(refusal.code) was due, the answer was \(answer.text)"
        }
        return nil
    }

    func fault(ofReplay answer: Answer, _ kept: Kept) -> String? {
        guard answer.isReplayed, answer.status == kept.status, answer.body == kept.answer else {
            return "the first answer was due, \(kept.status) \(String(decoding: kept.answer, as: UTF8.self)), the "
                + "answer was \(answer.text)\(answer.isReplayed ? "" : ", not replayed")"
        }
        return nil
    }

    /// Judges what was decided by a write, and takes it over.
    mutating func judge(_ answer: Answer, to sent: SentRequest, begun: Int64, at now: Int64) -> String? {
        if case .show = sent.meaning {
            // Another request may have confirmed it before, at an earlier time of the same clock.
            if isLapsed(sent, at: begun) { expire(sent.booking) }
            return fault(ofShown: answer, to: sent, at: begun)
        }
        let refusal = refusal(of: sent, at: now)
        if let fault = fault(of: answer, refusal: refusal) { return fault }
        if answer.isReplayed { return "it was replayed, and is new: \(answer.text)" }
        if let refusal {
            // Whoever was told so never finds it open again.
            if refusal.code == "booking_expired" { expire(sent.booking) }
        } else if let fault = take(answer, to: sent, at: now) {
            return fault
        }
        if let name = sent.name, answer.status < 300 || answer.status == 404 || answer.status == 409 {
            kept[name] = Kept(status: answer.status, answer: answer.body, request: sent.body, createdAt: begun)
        }
        return nil
    }

    private mutating func take(_ answer: Answer, to sent: SentRequest, at now: Int64) -> String? {
        let wanted =
            switch sent.meaning {
            case .open: 201
            case .close: 204
            default: 200
            }
        guard answer.status == wanted else { return "\(wanted) was due, the answer was \(answer.text)" }
        let json = answer.json
        switch sent.meaning {
        case .open(let session): return takeOpened(json["booking"] ?? .null, sent, session, at: now)
        case .terms(let session, let allocation, _, _):
            apply(sent, seats: [], at: now)
            let free = allocation - taken(in: session, at: now)
            return difference(
                json["session"], [("allocation", .integer(Int64(allocation))), ("free", .integer(Int64(free)))])
        case .close:
            apply(sent, seats: [], at: now)
            return nil
        default: break
        }
        let seats = Self.seats(json["booking"])
        if case .reserve(let count) = sent.meaning, let fault = fault(of: seats, count, for: sent.booking, at: now) {
            return fault
        }
        apply(sent, seats: seats, at: now)
        guard let booking = bookings[sent.booking] else { return "there is no such booking" }
        return difference(json["booking"], fields(of: booking, after: sent.meaning))
            ?? differenceOfSeats(seats, booking, sent.meaning)
    }

    private mutating func takeOpened(
        _ json: JSONValue, _ sent: SentRequest, _ session: Int, at now: Int64
    ) -> String? {
        guard let id = Self.number(json["id"]), id > lastID, let user = sent.user else {
            return "the booking's id is none, or no later one than \(lastID): \(json)"
        }
        apply(sent, seats: [], at: now)
        var booking = Booking(
            id: id, user: user, session: session, createdAt: now, closesAt: now + Self.holdMilliseconds)
        booking.told = [Told(type: "booking.opened", seats: 0)]
        add(booking)
        return difference(
            json,
            [
                ("session_id", .string(sessions[session].showing.id)), ("created_at", Self.time(now)),
                ("closes_at", Self.time(booking.closesAt)),
            ])
    }

    /// Any seats are good that are the room's, nobody else's, and as many as were asked for.
    private func fault(of seats: Set<Int64>, _ count: Int, for id: Int64, at now: Int64) -> String? {
        guard let booking = bookings[id], !sessions[booking.session].showing.seats.isEmpty else { return nil }
        let others = seatsTaken(in: booking.session, besides: id, at: now)
        guard seats.count == count, seats.isSubset(of: sessions[booking.session].showing.seats),
            seats.isDisjoint(with: others)
        else { return "seats \(seats.sorted()) were given for \(count), while others have \(others.sorted())" }
        return nil
    }

    private func differenceOfSeats(
        _ seats: Set<Int64>, _ booking: Booking, _ meaning: SentRequest.Meaning
    ) -> String? {
        guard case .pick = meaning, seats != booking.seats else { return nil }
        return "\(booking.seats.sorted()) was picked, the answer names \(seats.sorted())"
    }

    // MARK: What is shown

    /// - Parameter seats: of every seat of the room that is not free.
    func fault(ofSeats answer: Answer, of session: Int, at now: Int64) -> String? {
        guard !sessions[session].isClosed else { return fault(of: answer, refusal: .sessionNotFound) }
        guard answer.status == 200 else { return "200 was due, the answer was \(answer.text)" }
        let json = answer.json
        let shown = live[session].compactMap { bookings[$0] }.filter { $0.holds(at: now) }
        let held = shown.filter { $0.state == .open }.reduce(0) { $0 + $1.count }
        let sold = shown.filter { $0.state == .confirmed }.reduce(0) { $0 + $1.count }
        let allocation = sessions[session].allocation
        let taken = (json["seats"]?.arrayValue ?? []).filter { $0["status"]?.stringValue != "free" }
        let wanted = seatsTaken(in: session, at: now)
        guard Set(taken.compactMap { Self.number($0["id"]) }) == wanted else {
            return "\(wanted.sorted()) are taken, the answer was \(answer.text)"
        }
        return difference(
            json["counts"],
            [
                ("allocation", .integer(Int64(allocation))), ("held", .integer(Int64(held))),
                ("sold", .integer(Int64(sold))), ("free", .integer(Int64(allocation - held - sold))),
            ])
    }

    func fault(ofShown answer: Answer, to sent: SentRequest, at now: Int64) -> String? {
        guard let booking = bookings[sent.booking], booking.user == sent.user else {
            return fault(of: answer, refusal: .bookingNotFound)
        }
        guard answer.status == 200 else { return "200 was due, the answer was \(answer.text)" }
        let json = answer.json["booking"]
        let seats = booking.holds(at: now) ? booking.seats : []
        guard Self.seats(json) == seats else { return "it has \(seats.sorted()), the answer was \(answer.text)" }
        return difference(
            json, fields(of: booking, after: .show) + [("status", .string(booking.state(at: now).rawValue))])
    }

    private func fields(of booking: Booking, after meaning: SentRequest.Meaning) -> [(String, JSONValue)] {
        var fields: [(String, JSONValue)] = [
            ("session_id", .string(sessions[booking.session].showing.id)),
            ("reserved_seats", .integer(Int64(booking.count))), ("created_at", Self.time(booking.createdAt)),
            ("closes_at", Self.time(booking.closesAt)),
        ]
        switch meaning {
        case .reserve, .pick: break
        case .confirm: fields.append(("confirmed_at", Self.time(booking.confirmedAt)))
        default:
            fields.append(("confirmed_at", Self.time(booking.confirmedAt)))
            fields.append(("cancelled_at", Self.time(booking.calledOffAt)))
        }
        if let total = booking.total { fields.append(("total", ["amount": .integer(total), "currency": "EUR"])) }
        return fields
    }

    private func difference(_ json: JSONValue?, _ fields: [(String, JSONValue)]) -> String? {
        for (name, wanted) in fields where json?[name] != wanted {
            return "\(name) should be \(wanted), it is \(json?[name] ?? .null), in \(json ?? .null)"
        }
        return nil
    }

    private static func seats(_ booking: JSONValue?) -> Set<Int64> {
        Set((booking?["seats"]?.arrayValue ?? []).compactMap { number($0["id"]) })
    }

    /// `bkg_12` is 12.
    static func number(_ id: JSONValue?) -> Int64? { id?.stringValue.flatMap { Int64($0.dropFirst(4)) } }

    private static func time(_ milliseconds: Int64?) -> JSONValue {
        milliseconds.map { .string(Timestamp(rawValue: $0).rfc3339) } ?? .null
    }
}
