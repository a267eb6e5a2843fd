import API
import JSON
import SQLite
import Time
import TypedID

extension Transaction {
    /// Makes a ticket for each seat that a booking was sold: front to back, from one side to the other.
    /// - Parameter prices: what they were sold at, in this order; none where they have no price.
    func issueTickets(for booking: Booking, at prices: [TicketPrice], _ ids: Snowflake) throws -> [SoldTicket] {
        guard case .sold(let count) = booking.seats else { return [] }
        let seats = try rows(
            """
            SELECT h.seat_id FROM reservations r JOIN seat_holders h ON h.reservation_id = r.id
                JOIN seats s ON s.id = h.seat_id
            WHERE r.booking_id = \(booking.id) ORDER BY s.y, s.x, s.id
            """
        ) { try $0.value(0, as: SeatID.self) }
        let tickets = (0..<Int(clamping: count)).map { number in
            SoldTicket(
                id: ids.next(), seat: seats.indices.contains(number) ? seats[number] : nil,
                price: prices.indices.contains(number) ? prices[number] : nil)
        }
        for ticket in tickets {
            try execute(
                """
                INSERT INTO tickets (id, booking_id, session_id, seat_id, tariff, amount, currency)
                VALUES (\(ticket.id), \(booking.id), \(booking.sessionID), \(ticket.seat), \(ticket.price?.tariff),
                        \(ticket.price?.amount), \(ticket.price?.currency))
                """)
        }
        return tickets
    }

    /// From now on none of them is good.
    func refundTickets(of booking: Booking, at now: Timestamp) throws {
        try execute(
            """
            UPDATE tickets SET refunded_at = \(now)
            WHERE session_id = \(booking.sessionID) AND booking_id = \(booking.id) AND refunded_at IS NULL
            """)
    }
}

extension Connection {
    /// A booking's tickets, in the order of its seats.
    func tickets(of booking: Booking) throws -> [Ticket] {
        try rows(
            """
            \(sql: Ticket.columns) WHERE t.session_id = \(booking.sessionID) AND t.booking_id = \(booking.id)
            ORDER BY t.id
            """
        ) { try Ticket($0) }
    }
}

extension Ticket {
    /// `SELECT … FROM`, in the order in which `init(_:)` reads it.
    static let columns: SQL = """
        SELECT t.id, t.booking_id, t.session_id, t.seat_id, s.row_label, s.number, t.tariff, t.amount, t.currency,
            t.generation, t.refunded_at, c.admitted_at, c.door, c.staff_id
        FROM tickets t LEFT JOIN seats s ON s.id = t.seat_id LEFT JOIN check_ins c ON c.ticket_id = t.id
        """

    init(_ row: Row) throws {
        let seat = try row.valueOrNil(3, as: SeatID.self).map { id in
            TicketSeat(id: id, row: try row.text(4), number: try row.int(5))
        }
        let price = try row.textOrNil(6).map { tariff in
            TicketPrice(tariff: tariff, amount: try row.int(7), currency: try row.text(8))
        }
        let admission = try row.valueOrNil(11, as: Timestamp.self).map { at in
            Admission(at: at, door: try row.textOrNil(12), staff: try row.value(13))
        }
        self.init(
            id: try row.value(0), bookingID: try row.value(1), sessionID: try row.value(2), seat: seat, price: price,
            generation: try row.int(9), refundedAt: try row.valueOrNil(10),
            admission: admission)
    }
}
