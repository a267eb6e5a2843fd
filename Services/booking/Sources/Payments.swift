import API
import SQLite
import Time
import TypedID

extension Payment {
    /// `SELECT … FROM`, in the order in which `init(_:)` reads it.
    static let columns: SQL = """
        SELECT p.id, p.booking_id, p.amount, p.currency, p.method, p.created_at, p.state, p.intent, p.client_secret,
            p.reason
        FROM payments p
        """

    init(_ row: Row) throws {
        self.init(
            id: try row.value(0), bookingID: try row.value(1), amount: try row.int(2), currency: try row.text(3),
            method: try row.text(4), createdAt: try row.value(5), state: try row.value(6), intent: try row.textOrNil(7),
            clientSecret: try row.textOrNil(8), reason: try row.textOrNil(9))
    }
}

extension Connection {
    func payment(_ id: PaymentID) throws -> Payment? {
        try first("\(sql: Payment.columns) WHERE p.id = \(id)") { try Payment($0) }
    }

    /// The booking's payments, the last one first.
    func payments(of booking: BookingID) throws -> [Payment] {
        try rows("\(sql: Payment.columns) WHERE p.booking_id = \(booking) ORDER BY p.id DESC") { try Payment($0) }
    }

    func livePayment(of booking: BookingID) throws -> Payment? {
        try payments(of: booking).first(where: \.isLive)
    }

    /// Where a confirmed booking is paid; nil where nothing is to be paid.
    func paidThrough(_ booking: BookingID) throws -> PaymentChannel? {
        try first("SELECT paid_through FROM bookings WHERE id = \(booking)") { try $0.valueOrNil(0) } ?? nil
    }

    /// What a booking costs in all; nil where it has no price.
    func total(of booking: BookingID) throws -> Total? { try bill(of: booking)?.total }

    /// What was given back of a payment, or is about to be.
    func refunded(of payment: PaymentID) throws -> Int64 {
        try first(
            """
            SELECT coalesce(sum(amount), 0) FROM payment_jobs
            WHERE payment_id = \(payment) AND kind = 'refund' AND state <> 'failed'
            """
        ) { try $0.int(0) } ?? 0
    }
}

extension Transaction {
    /// Notes that the provider is about to be asked, and when somebody else finds out if nobody did.
    func begin(_ payment: Payment, settlingAt closes: Timestamp) throws {
        try execute(
            """
            INSERT INTO payments (id, booking_id, amount, currency, method, state, created_at)
            VALUES (\(payment.id), \(payment.bookingID), \(payment.amount), \(payment.currency), \(payment.method),
                    \(payment.state), \(payment.createdAt))
            """)
        try add(.settle, to: payment.id, at: payment.createdAt, dueAt: closes)
    }

    func keep(_ payment: Payment, confirmedAt: Timestamp? = nil) throws {
        try execute(
            """
            UPDATE payments SET state = \(payment.state), intent = \(payment.intent),
                client_secret = \(payment.clientSecret), reason = \(payment.reason),
                confirmed_at = coalesce(confirmed_at, \(confirmedAt))
            WHERE id = \(payment.id)
            """)
    }

    /// What is paid for was opened an hour before at the earliest.
    private static let longestHoldMilliseconds: Int64 = 3_600_000

    /// - Throws: `tooManyAttempts` where the booking, or its owner, has begun as many payments as may be.
    func require(_ limits: PaymentLimits, forAnotherOf booking: Booking, at now: Timestamp) throws {
        let begun = try first("SELECT count(*) FROM payments WHERE booking_id = \(booking.id)") { try $0.int(0) }
        let since = now.advanced(byMilliseconds: -PaymentLimits.windowMilliseconds)
        let earliest = try first(
            """
            SELECT p.created_at FROM bookings b JOIN payments p ON p.booking_id = b.id
            WHERE b.user_id = \(booking.userID) AND p.created_at > \(since)
                AND b.created_at > \(since.advanced(byMilliseconds: -Self.longestHoldMilliseconds))
            ORDER BY p.created_at DESC LIMIT 1 OFFSET \(limits.perUser - 1)
            """
        ) { try $0.value(0, as: Timestamp.self) }
        try limits.requireAnother(begun: begun ?? 0, closesAt: booking.closesAt, first: earliest, at: now)
    }

    /// A booking whose payment is under way stays as it is.
    func requireNoLivePayment(of booking: Booking, at now: Timestamp) throws {
        if try livePayment(of: booking.id) != nil {
            throw PaymentRefusal.paymentInProgress(seconds: booking.secondsUntilClosing(at: now))
        }
    }

    /// Has the provider give money back for a booking that was paid through it.
    /// - Parameter amount: in the currency's smallest unit; all that is left of it without one.
    func giveBack(_ amount: Int64? = nil, for booking: BookingID, at now: Timestamp) throws {
        let paid = try first(
            """
            \(sql: Payment.columns) WHERE p.booking_id = \(booking)
                AND p.state IN ('authorized', 'captured') AND p.confirmed_at IS NOT NULL
            """
        ) { try Payment($0) }
        guard let paid else { return }
        let left = paid.amount - (try refunded(of: paid.id))
        let due = min(left, amount ?? left)
        if due > 0 { try add(.refund, to: paid.id, amount: due, at: now) }
    }
}

/// A payment after news of it, with its booking.
struct HeardPayment {
    let payment: Payment
    let booking: Booking
    /// Whether the news have confirmed the booking.
    let isConfirmed: Bool
    /// Whether they have taken the confirmed booking back.
    var isTakenBack = false
}

extension Transaction {
    /// Notes news of a payment, with everything that follows.
    /// - Parameter language: of the mail that tells the customer; nil where nobody is there to be told that the booking is
    ///   confirmed, and so it is not.
    func hear(
        _ news: PaymentNews, _ intent: String?, of payment: Payment, confirmingIn language: Language?,
        at now: Timestamp,
        _ ids: Snowflake
    ) throws -> HeardPayment {
        let payment = try self.payment(payment.id) ?? payment
        var booking = try self.booking(payment.bookingID, of: nil)
        try expireBookings(of: booking.sessionID, at: now)
        booking = try self.booking(payment.bookingID, of: nil)
        // Nothing changes a booking while it is paid for; where something has, it is not paid by this.
        let isOpen = try booking.status(at: now) == .open && total(of: booking.id)?.amount == payment.amount
        guard !isOpen || language != nil else {
            let named = intent.map(payment.named) ?? payment
            try keep(named)
            return HeardPayment(payment: named, booking: booking, isConfirmed: false)
        }
        let (after, follows) = payment.hearing(news, intent: intent, whileBookingIsOpen: isOpen)
        let isConfirmed = follows.contains(.confirmBooking)
        try keep(after, confirmedAt: isConfirmed ? now : nil)
        if !after.isLive { try finishJobs(.settle, of: after.id) }
        var isTakenBack = false
        for consequence in follows {
            switch consequence {
            case .confirmBooking:
                booking = try confirm(
                    booking, costing: bill(of: booking.id), paidThrough: .stripe, language ?? .usual, ids, at: now)
            case .capture: try add(.capture, to: after.id, at: now)
            case .void: try add(.void, to: after.id, at: now)
            case .refundAll: try add(.refund, to: after.id, amount: after.amount, at: now)
            case .takeBookingBack: isTakenBack = try takeBack(booking, at: now)
            }
        }
        return HeardPayment(
            payment: after, booking: booking, isConfirmed: isConfirmed, isTakenBack: isTakenBack)
    }

    /// The provider did not let us ask: a payment of which it has never heard is none. Should it have after all, whoever
    /// settles it when the booking closes finds it and lets it go.
    func decline(denied id: PaymentID) throws {
        guard let payment = try payment(id)?.declinedUnasked() else { return }
        try keep(payment)
    }

    /// The money was not to be had after all. Nobody of the staff did it.
    /// - Returns: whether it had anything still.
    private func takeBack(_ booking: Booking, at now: Timestamp) throws -> Bool {
        guard let refunded = booking.takingBack(at: now) else { return false }
        let gone = try tickets(of: booking).filter { $0.status != .refunded }
        try audit(
            .refund, by: nil, reason: "The payment could not be taken.", booking, refunded, givingBack: gone, at: now)
        try release(refunded)
        try execute("UPDATE bookings SET refunded_at = \(now) WHERE id = \(refunded.id)")
        try refundTickets(of: refunded, at: now)
        try record(.refunded(refunded.id), of: refunded, at: now)
        return true
    }
}
