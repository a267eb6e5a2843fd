import SeatHistory
import Testing

/// Each rule about seats and their number broken once, by hand, and next to it what comes close and is allowed.
@Suite struct CheckerSeatTests {
    @Test("five seats are not six, unless a request of that moment may have made room")
    func allocation() {
        var script = Script()
        script.open("a", at: 0)
        script.open("b", at: 1)
        script.reserve("a", 3, 10, 20)
        script.reserve("b", 2, 12, 22)
        #expect(script.rules == [])
        var over = script
        over.reserve("b", 3, 30, 40)
        #expect(Set(over.rules) == [.moreThanAllocated, .successImpossible])
        script.note(.cancel(booking: "a"), 35, 45, .has(count: 3))
        script.reserve("b", 3, 30, 40)
        #expect(script.rules == [])
    }

    @Test("a reservation that was answered later may have come later, and is counted from its answer on")
    func overlap() {
        var script = Script()
        script.open("a", at: 0)
        script.open("b", at: 1)
        script.reserve("a", 5, 10, 100)
        script.reserve("b", 5, 20, 30)
        script.note(.cancel(booking: "b"), 40, 50, .has(count: 5))
        #expect(script.rules == [])
        script.reserve("b", 1, 60, 70, "booking_cancelled")
        #expect(script.rules == [])
    }

    @Test("nobody is told that seats are wanting while there are some")
    func unjustifiedRefusal() {
        var script = Script()
        script.open("a", at: 0)
        script.open("b", at: 1)
        script.reserve("a", 3, 10, 20)
        script.reserve("b", 3, 30, 40, "not_enough_seats")
        #expect(script.rules == [])
        script.reserve("b", 2, 50, 60, "not_enough_seats")
        #expect(script.rules == [.refusalUnjustified])
    }

    @Test("a seat has one holder at a time")
    func seat() {
        var script = Script(seats: ["s1", "s2", "s3", "s4", "s5"])
        script.open("a", at: 0)
        script.open("b", at: 1)
        script.pick("a", ["s1", "s2"], 10, 20)
        script.pick("a", ["s2", "s3"], 30, 40)
        script.pick("b", ["s1"], 35, 45)
        #expect(script.rules == [])
        script.pick("b", ["s1", "s2"], 50, 60)
        #expect(Set(script.rules) == [.seatWithTwoHolders, .successImpossible])
    }

    @Test("seats are refused as taken only while others may have them, each of them and no other")
    func seatTaken() {
        var script = Script(seats: ["s1", "s2", "s3"])
        script.open("a", at: 0)
        script.open("b", at: 1)
        script.pick("a", ["s1"], 10, 20)
        func refused(_ wanted: Set<String>, _ named: Set<String>) -> [Fault.Rule] {
            var script = script
            script.note(.pick(booking: "b", seats: wanted), 30, 40, .refused("seat_taken", seats: named))
            return script.rules
        }
        #expect(refused(["s1", "s2"], ["s1"]) == [])
        #expect(refused(["s2"], ["s2"]) == [.refusalUnjustified])
        #expect(refused(["s1", "s2"], ["s1", "s2"]) == [.refusalUnjustified])
        #expect(refused(["s1", "s2"], []) == [.refusalUnjustified])
    }

    @Test("a seat map fits the bookings of its moment, and adds up")
    func looks() {
        var script = Script(seats: ["s1", "s2", "s3", "s4", "s5"])
        script.open("a", at: 0)
        script.pick("a", ["s1", "s2"], 10, 20)
        script.confirm("a", 2, 30, 40)
        func rules(_ change: (inout Script) -> Void) -> [Fault.Rule] {
            var script = script
            change(&script)
            return script.rules
        }
        #expect(rules { $0.look(5, held: 0, sold: 2, taken: ["s1", "s2"], 50) } == [])
        #expect(rules { $0.look(5, held: 2, sold: 0, taken: ["s1", "s2"], 50) } == [.countsWrong])
        #expect(rules { $0.look(6, held: 0, sold: 2, taken: ["s1", "s2"], 50) } == [.countsWrong])
        #expect(rules { $0.look(5, held: 0, sold: 2, taken: ["s1", "s3"], 50) } == [.countsWrong])
        #expect(rules { $0.look(5, held: 0, sold: 2, taken: ["s1"], 50) } == [.countsWrong])
        let counts = SeatCounts(allocation: 5, free: 4, held: 0, sold: 2)
        #expect(
            rules { $0.note(.look(session: Script.session), 50, 51, .looked(counts, taken: ["s1", "s2"])) }
                == [.countsWrong])
    }

    @Test("an allocation is what was set last, and neither set nor refused against what is taken")
    func allocations() {
        var script = Script()
        script.open("a", at: 0)
        script.reserve("a", 3, 10, 20)
        func rules(_ count: Int, _ outcome: Outcome, then wanted: Int? = nil) -> [Fault.Rule] {
            var script = script
            script.note(.allocate(session: Script.session, count: count), 30, 40, outcome)
            if let wanted { script.reserve("a", wanted, 50, 60) }
            return script.rules
        }
        #expect(rules(3, .allocated(3), then: 3) == [])
        #expect(rules(8, .allocated(8), then: 8) == [])
        #expect(rules(2, .refused("allocation_below_reserved"), then: 5) == [])
        #expect(Set(rules(2, .allocated(2))) == [.successImpossible, .moreThanAllocated])
        #expect(rules(3, .refused("allocation_below_reserved")) == [.refusalUnjustified])
        #expect(rules(8, .allocated(9)) == [.answerDiffers])
        #expect(Set(rules(4, .allocated(4), then: 5)) == [.successImpossible, .moreThanAllocated])
    }
}
