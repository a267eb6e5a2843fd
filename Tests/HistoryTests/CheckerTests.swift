import SeatHistory
import Testing

/// Each rule about a booking broken once, by hand, and next to it what comes close and is allowed.
@Suite struct CheckerTests {
    @Test("what a cancelled, refunded or expired booking had is free")
    func release() {
        for (act, at) in [(Act.cancel(booking: "a"), 30), (.refund(booking: "a"), 30), (.show(booking: "a"), 1_010)] {
            var script = Script()
            script.open("a", at: 0)
            script.open("b", at: Moment(at) + 900)
            script.reserve("a", 5, 10, 20)
            switch act {
            case .refund:
                script.confirm("a", 5, 21, 22)
                script.note(act, 30, 40, .has(count: 5))
            case .cancel: script.note(act, 30, 40, .has(count: 5))
            default: break
            }
            script.reserve("b", 1, Moment(at) + 1_000, Moment(at) + 1_010, "not_enough_seats")
            #expect(script.rules == [.refusalUnjustified], "\(act)")
        }
    }

    @Test("after its end nothing is done to a booking, and before it nothing is refused for that")
    func end() {
        var script = Script()
        script.open("a", at: 0)
        script.reserve("a", 2, 10, 20)
        var late = script
        late.confirm("a", 2, 1_002, 1_010)
        #expect(late.rules == [.successAfterTheEnd])
        var early = script
        early.reserve("a", 1, 900, 998, "booking_expired")
        #expect(early.rules == [.refusalUnjustified])
        // Decided in time, answered after it.
        script.confirm("a", 2, 990, 1_020)
        #expect(script.rules == [])
    }

    @Test("a booking is refused for what it may be, and for nothing else")
    func states() {
        var script = Script()
        script.open("a", at: 0)
        script.note(.confirm(booking: "a"), 10, 20, .refused("no_seats_reserved"))
        script.reserve("a", 2, 30, 40)
        script.note(.confirm(booking: "a"), 50, 70, .has(count: 2))
        // Both at once: one of them is told what the other has done.
        script.note(.cancel(booking: "a"), 55, 65, .refused("booking_confirmed"))
        #expect(script.rules == [])
        for refusal in ["no_seats_reserved", "booking_cancelled", "booking_expired"] {
            var script = script
            script.note(.confirm(booking: "a"), 80, 90, .refused(refusal))
            #expect(script.rules == [.refusalUnjustified], "\(refusal)")
        }
        script.note(.cancel(booking: "a"), 80, 90, .has(count: 2))
        #expect(script.rules == [.successImpossible])
    }

    @Test("an answer tells of the seats that were asked for, and that the booking has")
    func answers() {
        var script = Script()
        script.open("a", at: 0)
        var others = script
        others.note(.reserve(booking: "a", count: 2), 10, 20, .has(count: 3))
        #expect(others.rules == [.answerDiffers])
        script.reserve("a", 2, 10, 20)
        script.note(.cancel(booking: "a"), 30, 40, .has(count: 1))
        #expect(script.rules == [.answerDiffers])
    }

    @Test("a booking is shown as the last answer left it")
    func shown() {
        var script = Script()
        script.open("a", at: 0)
        script.reserve("a", 2, 10, 20)
        func rules(_ status: String, _ count: Int, at: Moment) -> [Fault.Rule] {
            var script = script
            script.note(.show(booking: "a"), at, at + 1, .shown(status: status, count: count))
            return script.rules
        }
        #expect(rules("open", 2, at: 30) == [])
        #expect(rules("expired", 2, at: 1_100) == [])
        #expect(rules("open", 0, at: 30) == [.stateLost])
        #expect(rules("open", 2, at: 1_100) == [.stateLost])
        #expect(rules("cancelled", 2, at: 30) == [.stateLost])
    }

    @Test("what was not answered may have happened, or not, or may happen later")
    func unknown() {
        var script = Script()
        script.open("a", at: 0)
        script.open("b", at: 1)
        script.note(.reserve(booking: "a", count: 4), 10, 20, .unknown)
        var happened = script
        happened.reserve("b", 2, 30, 40, "not_enough_seats")
        happened.look(5, held: 4, sold: 0, 50)
        #expect(happened.rules == [])
        var not = script
        not.reserve("b", 2, 30, 40)
        not.look(5, held: 2, sold: 0, 50)
        #expect(not.rules == [])
        script.look(5, held: 3, sold: 1, 50)
        #expect(script.rules == [.countsWrong])
    }

    /// All sets of so many changes that may have come, or may come yet, would be 2⁴⁰.
    @Test("of forty changes that nobody answered each may be the last, and no other")
    func manyUnknown() {
        var script = Script()
        for count in 101...140 {
            script.note(.allocate(session: Script.session, count: count), 10, Moment(count), .unknown)
        }
        for count in [5, 101, 123, 140] {
            var script = script
            script.look(count, held: 0, sold: 0, 900)
            #expect(script.rules == [], "\(count)")
        }
        script.look(141, held: 0, sold: 0, 900)
        #expect(script.rules == [.countsWrong])
    }

    @Test("once the service has ended, what had failed is done or is not, and does not happen any more")
    func ends() {
        func rules(end: Moment?) -> [Fault.Rule] {
            var script = Script(ends: end.map { [$0] } ?? [])
            script.open("a", at: 0)
            script.note(.reserve(booking: "a", count: 4), 10, 20, .unknown)
            script.look(5, held: 0, sold: 0, 50)
            script.note(.confirm(booking: "a"), 60, 70, .refused("no_seats_reserved"))
            script.confirm("a", 4, 80, 90)
            return script.rules
        }
        #expect(rules(end: nil) == [])
        #expect(rules(end: 15) == [])
        #expect(rules(end: 55) == [.successImpossible])
    }

    @Test("a session that has begun opens no booking, and another does")
    func begun() {
        var begun = Script(hasBegun: true)
        begun.note(.open(session: Script.session), 0, 1, .refused("session_started"))
        #expect(begun.rules == [])
        begun.open("a", at: 2)
        #expect(begun.rules == [.successImpossible])
        var script = Script()
        script.note(.open(session: Script.session), 0, 1, .refused("session_started"))
        #expect(script.rules == [.refusalUnjustified])
        script = Script()
        script.open("a", at: 0)
        script.open("a", at: 2)
        #expect(script.rules == [.answerDiffers])
    }

    @Test("some answers are never right")
    func unexpected() {
        var script = Script()
        script.open("a", at: 0)
        script.note(.confirm(booking: "a"), 10, 20, .unexpected("500 internal_error"))
        script.note(.cancel(booking: "a"), 30, 40, .refused("not_enough_seats"))
        #expect(script.rules == [.answerUnexpected, .answerUnexpected])
    }
}
