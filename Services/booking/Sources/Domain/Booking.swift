import Time

/// A customer's attempt to get seats in a session: open for a short while, then confirmed, cancelled or expired, each
/// for good.
package struct Booking: Equatable, Sendable {
    package enum Status: String, CaseIterable, Sendable { case open, confirmed, cancelled, expired }

    /// What a booking has of its session's seats.
    package enum Seats: Equatable, Sendable {
        case none
        case held(Int64)
        case sold(Int64)
        /// Given back when the booking was cancelled or had lapsed: what it held last.
        case released(Int64)
    }

    package let id: BookingID
    package let userID: UserID
    package let sessionID: SessionID
    package let createdAt: Timestamp
    package let closesAt: Timestamp
    package private(set) var confirmedAt: Timestamp?
    package private(set) var cancelledAt: Timestamp?
    /// When its running out was noted. One that ran out unnoted is expired all the same.
    package private(set) var expiredAt: Timestamp?
    package private(set) var refundedAt: Timestamp?
    package private(set) var seats: Seats

    package init(
        id: BookingID, userID: UserID, sessionID: SessionID, createdAt: Timestamp, closesAt: Timestamp,
        confirmedAt: Timestamp? = nil, cancelledAt: Timestamp? = nil, expiredAt: Timestamp? = nil,
        refundedAt: Timestamp? = nil, seats: Seats = .none
    ) {
        self.id = id
        self.userID = userID
        self.sessionID = sessionID
        self.createdAt = createdAt
        self.closesAt = closesAt
        self.confirmedAt = confirmedAt
        self.cancelledAt = cancelledAt
        self.expiredAt = expiredAt
        self.refundedAt = refundedAt
        self.seats = seats
    }

    /// Opens a booking, which holds nothing yet.
    package static func open(
        _ id: BookingID, by user: UserID, in session: SessionID, startingAt start: Timestamp, at now: Timestamp,
        holdMilliseconds: Int64
    ) throws(BookingRefusal) -> Booking {
        guard now < start else { throw .sessionStarted }
        return Booking(
            id: id, userID: user, sessionID: session, createdAt: now,
            closesAt: now.advanced(byMilliseconds: holdMilliseconds))
    }

    /// What the booking is at a moment. One whose running out was noted stays expired, whatever the clock says later.
    package func status(at now: Timestamp) -> Status {
        if calledOffAt != nil { return .cancelled }
        if confirmedAt != nil { return .confirmed }
        if expiredAt != nil { return .expired }
        return now < closesAt ? .open : .expired
    }

    /// Whether it has run out, and nobody has noted that.
    package func hasLapsedUnnoted(at now: Timestamp) -> Bool { expiredAt == nil && status(at: now) == .expired }

    /// Whole seconds until it closes, by which time it has: 1 at least.
    package func secondsUntilClosing(at now: Timestamp) -> Int64 {
        max(1, (closesAt.rawValue - now.rawValue + 999) / 1000)
    }

    /// When it was cancelled, by its owner or, once sold, by staff.
    package var calledOffAt: Timestamp? { cancelledAt ?? refundedAt }

    package var reservedSeats: Int64 {
        switch seats {
        case .none: 0
        case .held(let count), .sold(let count), .released(let count): count
        }
    }

    /// How many seats are its own, held or sold.
    package var seatsHad: Int64 {
        switch seats {
        case .none, .released: 0
        case .held(let count), .sold(let count): count
        }
    }

    /// Whether what it holds or has bought is its own still.
    package func hasSeats(at now: Timestamp) -> Bool {
        switch status(at: now) {
        case .open, .confirmed: true
        case .cancelled, .expired: false
        }
    }

    /// The booking with `wanted` seats in all, more or fewer than before.
    /// - Parameter free: seats of the session that nobody has, not even this booking.
    package func reserving(_ wanted: Int64, free: Int64, at now: Timestamp) throws(BookingRefusal) -> Booking {
        try requireOpen(at: now)
        guard wanted - reservedSeats <= free else { throw .notEnoughSeats }
        var changed = self
        changed.seats = .held(wanted)
        return changed
    }

    package func confirming(at now: Timestamp) throws(BookingRefusal) -> Booking {
        try requireOpen(at: now)
        guard case .held(let count) = seats else { throw .noSeatsReserved }
        var changed = self
        changed.seats = .sold(count)
        changed.confirmedAt = now
        return changed
    }

    package func cancelling(at now: Timestamp) throws(BookingRefusal) -> Booking {
        try requireOpen(at: now)
        var changed = self
        if case .held(let count) = seats { changed.seats = .released(count) }
        changed.cancelledAt = now
        return changed
    }

    /// The booking once its running out is noted: what it held is free.
    package func expiring(at now: Timestamp) -> Booking {
        var changed = self
        changed.expiredAt = now
        if case .held(let count) = seats { changed.seats = .released(count) }
        return changed
    }

    /// What was sold is given back, before the session begins.
    package func refunding(startingAt start: Timestamp, at now: Timestamp) throws(BookingRefusal) -> Booking {
        guard status(at: now) == .confirmed, case .sold(let count) = seats else { throw .bookingNotConfirmed }
        guard now < start else { throw .refundTooLate }
        var changed = self
        changed.refundedAt = now
        changed.seats = .released(count)
        return changed
    }

    /// Some of what was sold is given back, before the session begins; all of it is the whole booking.
    package func refunding(
        _ count: Int64, startingAt start: Timestamp, at now: Timestamp
    ) throws(BookingRefusal) -> Booking {
        guard case .sold(let had) = seats, count < had else { return try refunding(startingAt: start, at: now) }
        var changed = try refunding(startingAt: start, at: now)
        changed.refundedAt = nil
        changed.seats = .sold(had - count)
        return changed
    }

    /// What was sold is free again, because it was not paid after all; nil where nothing is sold.
    package func takingBack(at now: Timestamp) -> Booking? {
        guard status(at: now) == .confirmed, case .sold(let count) = seats else { return nil }
        var changed = self
        changed.refundedAt = now
        changed.seats = .released(count)
        return changed
    }

    /// - Throws: what the booking has become instead.
    package func requireOpen(at now: Timestamp) throws(BookingRefusal) {
        switch status(at: now) {
        case .open: return
        case .confirmed: throw .bookingConfirmed
        case .cancelled: throw .bookingCancelled
        case .expired: throw .bookingExpired
        }
    }
}
