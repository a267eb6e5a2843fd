import BookingService
import Testing
import Time
import TypedID

/// What may follow what, over everything that a provider may say at any time.
@Suite struct PaymentStateTests {
    private static let news: [PaymentNews] = [
        .authorized, .actionRequired(clientSecret: "s"), .declined(reason: "card_declined"), .captured, .cancelled,
        .absent,
    ]

    private static func payment(_ state: Payment.State, intent: String? = "pi_1") -> Payment {
        Payment(
            id: PaymentID(rawValue: 1), bookingID: BookingID(rawValue: 2), amount: 1_200, currency: "EUR",
            method: "pm_card_visa", createdAt: Timestamp(rawValue: 0), state: state, intent: intent)
    }

    @Test("each state and each piece of news: money that is held or taken has a booking, or goes back")
    func everyStep() {
        for state in Payment.State.allCases {
            for news in Self.news {
                for isOpen in [true, false] {
                    let before = Self.payment(state)
                    let (after, follows) = before.hearing(news, intent: "pi_1", whileBookingIsOpen: isOpen)
                    let what: Comment = "\(state), \(news), open: \(isOpen): \(after.state), \(follows)"
                    // Seats are sold by good news of a payment under way, while they can be, and by nothing else.
                    #expect(
                        follows.contains(.confirmBooking)
                            == (before.isLive && isOpen && (news == .authorized || news == .captured)), what)
                    // A payment becomes good with its booking, or with everything given back.
                    if after.isGood, !before.isGood {
                        #expect(follows.contains(.confirmBooking) || follows.contains(.refundAll), what)
                    }
                    // What stops being good gives its booking back.
                    #expect(follows.contains(.takeBookingBack) == (before.isGood && !after.isGood), what)
                    // Held without a booking: it is being let go, or that is ordered now.
                    if news == .authorized, !after.isGood {
                        #expect(after.state == .voiding && (before.state == .voiding || follows == [.void]), what)
                    }
                    // Taken without a booking: all of it goes back.
                    if news == .captured, !before.isGood, !follows.contains(.confirmBooking) {
                        #expect(after.state == .captured && follows == [.refundAll], what)
                    }
                    #expect(after.clientSecret == nil || after.state == .actionRequired, what)
                    #expect(after.id == before.id && after.amount == before.amount && after.intent == "pi_1", what)
                }
            }
        }
    }

    @Test("the same news twice: the second time nothing follows")
    func twice() {
        for state in Payment.State.allCases {
            for news in Self.news {
                for isOpen in [true, false] {
                    let once = Self.payment(state).hearing(news, intent: "pi_1", whileBookingIsOpen: isOpen)
                    // What confirmed the booking has closed it.
                    let open = isOpen && !once.consequences.contains(.confirmBooking)
                    let again = once.payment.hearing(news, intent: "pi_1", whileBookingIsOpen: open)
                    #expect(again.consequences == [], "\(state), \(news), open: \(isOpen)")
                    #expect(again.payment.isGood == once.payment.isGood)
                }
            }
        }
    }

    /// A provider, a booking and the jobs between them, walked through every order of events.
    private struct World: Hashable {
        enum Money: Hashable { case none, held, taken, back }
        enum Seats: Hashable { case open, sold, free }
        var state = Payment.State.authorizing
        var hasIntent = false
        var money = Money.none
        var seats = Seats.open
        var capture = false
        var void = false
        var refund = false

        var isPaidWithSeats: Bool { money == .taken && seats == .sold }
        var isNotChargedWithout: Bool { (money == .none || money == .back) && seats == .free }

        mutating func hear(_ news: PaymentNews) {
            let payment = PaymentStateTests.payment(state, intent: hasIntent ? "pi_1" : nil)
            let intent = money == .none && !hasIntent ? nil : "pi_1"
            let (after, follows) = payment.hearing(news, intent: intent, whileBookingIsOpen: seats == .open)
            state = after.state
            hasIntent = after.intent != nil
            for consequence in follows {
                switch consequence {
                case .confirmBooking: seats = .sold
                case .capture: capture = true
                case .void: void = true
                case .refundAll: refund = true
                case .takeBookingBack: seats = .free
                }
            }
        }

        /// What may happen next, by anybody, heard or not.
        var next: [World] {
            var worlds: [World] = []
            func add(_ change: (inout World) -> Void) {
                var world = self
                change(&world)
                if world != self { worlds.append(world) }
            }
            if state == .authorizing, money == .none { add { $0.money = .held } }
            // Asked for at the last moment, and held only after it was looked for.
            if state == .voided, money == .none, !hasIntent { add { $0.money = .held } }
            if seats == .open { add { $0.seats = .free } }
            if money == .held { add { $0.money = .back } }
            if money == .held { add { $0.hear(.authorized) } }
            if money == .taken { add { $0.hear(.captured) } }
            if money == .back, !refund { add { $0.hear(.cancelled) } }
            if money == .none, seats != .open { add { $0.hear(.absent) } }
            if money == .none { add { $0.hear(.declined(reason: "card_declined")) } }
            if capture, money == .held { add { $0.money = .taken } }
            if capture, money == .taken || money == .back {
                add {
                    $0.capture = false
                    $0.hear($0.money == .taken ? .captured : .cancelled)
                }
            }
            if void, money == .held { add { $0.money = .back } }
            if void, !capture, money != .held {
                add {
                    $0.void = false
                    $0.hear($0.money == .taken ? .captured : .cancelled)
                }
            }
            if refund, money == .taken {
                add {
                    $0.refund = false
                    $0.money = .back
                }
            }
            return worlds
        }
    }

    @Test("every order of answers, expiry and jobs ends paid with seats, or not charged without")
    func everyEnd() {
        var seen: Set<World> = []
        var open = [World()]
        var ends = 0
        while let world = open.popLast() {
            guard seen.insert(world).inserted else { continue }
            let next = world.next
            if next.isEmpty {
                ends += 1
                #expect(world.isPaidWithSeats || world.isNotChargedWithout, "\(world)")
            }
            open += next
        }
        #expect(ends > 1 && seen.count > 20, "\(ends) ends of \(seen.count)")
        #expect(seen.contains { $0.isPaidWithSeats } && seen.contains { $0.isNotChargedWithout })
    }

    @Test("a payment begins with a method, goes on with the same one or none, and with no other")
    func continuing() throws {
        let live = Self.payment(.authorizing)
        #expect(throws: PaymentRefusal.paymentRequired) { try Payment.continuing(nil, with: nil, closingIn: 9) }
        #expect(try Payment.continuing(nil, with: "pm_card_visa", closingIn: 9) == nil)
        #expect(try Payment.continuing(live, with: nil, closingIn: 9) == live)
        #expect(try Payment.continuing(live, with: "pm_card_visa", closingIn: 9) == live)
        #expect(throws: PaymentRefusal.paymentInProgress(seconds: 9)) {
            try Payment.continuing(live, with: "pm_card_mastercard", closingIn: 9)
        }
    }

    @Test("what the provider did not let us ask for is declined, unless it may have been asked for before")
    func unasked() {
        #expect(Self.payment(.authorizing, intent: nil).declinedUnasked()?.state == .declined)
        #expect(Self.payment(.authorizing).declinedUnasked() == nil)
        for state in Payment.State.allCases where state != .authorizing {
            #expect(Self.payment(state, intent: nil).declinedUnasked() == nil, "\(state)")
        }
    }
}
