import HTTPServer
import JSON
import SQLite

/// What people and staff send. What there is nothing to send for is left out.
extension World {
    func request(for errand: Errand) throws -> SentRequest? {
        switch errand {
        case .ask(let ask): return try request(for: ask)
        case .seats(let session):
            guard model.sessions[session].isMet else { return nil }
            let path = "/v1/sessions/\(model.sessions[session].showing.id)/seats"
            return SentRequest(meaning: .seats(session: session), method: .get, path: path, user: Self.user(0))
        case .allocate(let session, let count):
            return terms(session, allocation: count, model.sessions[session].price, model.sessions[session].startsAt)
        case .price(let session, let price):
            let (known, startsAt) = (model.sessions[session], model.sessions[session].startsAt)
            return terms(session, allocation: known.allocation, price > 0 ? price : nil, startsAt)
        case .move(let session, let minutes):
            let (known, startsAt) = (model.sessions[session], surroundings.beginning + minutes * 60_000)
            return terms(session, allocation: known.allocation, known.price, startsAt)
        case .close(let session):
            let path = "/internal/v1/sessions/\(model.sessions[session].showing.id)"
            return SentRequest(meaning: .close(session: session), method: .delete, path: path)
        case .relay, .tidy, .noteMails: return nil
        }
    }

    private func terms(_ session: Int, allocation: Int, _ price: Int64?, _ startsAt: Int64) -> SentRequest {
        let showing = model.sessions[session].showing
        return SentRequest(
            meaning: .terms(session: session, allocation: allocation, price: price, startsAt: startsAt), method: .put,
            path: "/internal/v1/sessions/\(showing.id)",
            body: showing.terms(allocation: allocation, price: price, startsAt: startsAt))
    }

    private func request(for ask: Ask) throws -> SentRequest? {
        let user = Self.user(ask.isStranger ? ask.hand + 1 : ask.hand)
        let key = ask.key.map { "key-\($0)" }
        if case .open(let session) = ask.act {
            let path = "/v1/sessions/\(model.sessions[session].showing.id)/book"
            return SentRequest(meaning: .open(session: session), path: path, user: user, key: key, hand: ask.hand)
        }
        if case .again = ask.act { return hands[ask.hand].last }
        let bookings = hands[ask.hand].bookings
        guard bookings.indices.contains(bookings.count - 1 - ask.back) else { return nil }
        let booking = bookings[bookings.count - 1 - ask.back]
        func sent(
            _ meaning: SentRequest.Meaning, _ verb: String, _ body: [UInt8] = [], by user: Int64 = user
        ) -> SentRequest {
            SentRequest(
                meaning: meaning, path: "/v1/bookings/bkg_\(booking)/\(verb)", body: body, user: user,
                booking: booking, key: key, hand: ask.hand)
        }
        switch ask.act {
        case .open, .again: return nil
        case .reserve(let count): return sent(.reserve(count), "reserve", Array(#"{"seats":\#(count)}"#.utf8))
        case .pick(let places):
            let seats = seats(at: places, of: booking)
            // Where no seat has a name, so many of them.
            if seats.first ?? 0 > 9_000_000, places.count > 1 { return try request(for: ask.reserving(places.count)) }
            let ids = seats.map { "\"sea_\($0)\"" }.joined(separator: ",")
            return sent(.pick(seats), "reserve", Array(#"{"seat_ids":[\#(ids)]}"#.utf8))
        case .confirm: return sent(.confirm, "confirm")
        case .cancel: return sent(.cancel, "cancel")
        case .cancelByStaff:
            return sent(.cancel, "cancel", Array(#"{"reason":"The projector broke."}"#.utf8), by: Self.admin)
        case .refund(let count):
            let tickets = try count.map { try self.tickets(of: booking, $0) } ?? []
            let ids = tickets.map { "\"tkt_\($0.id)\"" }.joined(separator: ",")
            let named = tickets.isEmpty ? "" : #","ticket_ids":[\#(ids)]"#
            return sent(
                tickets.isEmpty ? .refund : .refundTickets(tickets), "refund",
                Array(#"{"reason":"The projector broke."\#(named)}"#.utf8), by: Self.admin)
        case .show:
            return SentRequest(
                meaning: .show, method: .get, path: "/v1/bookings/bkg_\(booking)", user: user, booking: booking,
                hand: ask.hand)
        }
    }

    /// One beyond a room's plan is in no room.
    private func seats(at places: [Int], of booking: Int64) -> [Int64] {
        let plan = model.bookings[booking].map { model.sessions[$0.session].showing.seats } ?? []
        return places.map { plan.indices.contains($0) ? plan[$0] : 9_000_000 + Int64($0) }
    }

    /// Some that are still good, as their owner would know them.
    private func tickets(of booking: Int64, _ count: Int) throws -> [SoldTicket] {
        guard let session = model.bookings[booking]?.session else { return [] }
        return try life.database.read { connection in
            try connection.rows(
                """
                SELECT id, seat_id FROM tickets WHERE session_id = \(model.sessions[session].showing.number)
                    AND booking_id = \(booking) AND refunded_at IS NULL ORDER BY id LIMIT \(Int64(count))
                """
            ) { SoldTicket(id: try $0.int(0), seat: try $0.intOrNil(1)) }
        }
    }
}
