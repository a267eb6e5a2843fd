import BookingService
import TestSupport
import Testing
import TypedID

/// A room drawn front to back: `.` a free seat, `#` a taken one, `o` a free one that is expected to be chosen, `w` a free
/// wheelchair bay, `W` one that is expected, `c` a free companion seat, `C` one that is expected, a space an aisle.
private struct Drawing {
    var seats: [Seat] = []
    var taken: Set<SeatID> = []
    var expected: Set<SeatID> = []

    init(_ rows: [String]) {
        for (y, row) in rows.enumerated() {
            for (x, mark) in row.enumerated() where mark != " " {
                let id = SeatID(rawValue: Int64(y * 1000 + x + 1))
                let kind: Seat.Kind = "wW".contains(mark) ? .wheelchair : "cC".contains(mark) ? .companion : .standard
                let label = String(UnicodeScalar(UInt8(65 + y)))
                seats.append(Seat(id: id, row: label, number: Int64(x + 1), kind: kind, x: Double(x), y: Double(y)))
                if mark == "#" { taken.insert(id) }
                if "oWC".contains(mark) { expected.insert(id) }
            }
        }
    }

    func chosen(_ count: Int) -> Set<SeatID>? {
        let taken = self.taken
        return SeatChoice.best(count, in: SeatPlan(seats)) { !taken.contains($0.id) }.map { Set($0.map(\.id)) }
    }
}

@Suite struct SeatChoiceTests {
    @Test(
        "one party, side by side and near the middle",
        arguments: [
            [".......", "...o...", "......."],
            [".......", "..ooo..", "......."],
            // The middle row is taken: of two as good, the one nearer to the screen.
            ["...o...", "#######", "......."],
            // A party that fits a row goes there rather than into a better spot with an aisle in between.
            [".. ..", ".. ..", "ooooo"],
            ["oooo"],
        ])
    func together(rows: [String]) {
        let drawing = Drawing(rows)
        #expect(drawing.chosen(drawing.expected.count) == drawing.expected)
    }

    @Test(
        "no seat is left alone where that can be avoided",
        arguments: [
            // The middle two would leave one seat on either side.
            ["#oo..#"], ["#oo.."], ["...oo#"],
            // Three of four leave one whatever is done; a whole run elsewhere leaves none.
            ["#....#", "##ooo#"],
            // It cannot be avoided.
            ["#ooo.#"],
        ])
    func orphans(rows: [String]) {
        let drawing = Drawing(rows)
        #expect(drawing.chosen(drawing.expected.count) == drawing.expected)
    }

    @Test(
        "wheelchair bays and companion seats are kept while there are others",
        arguments: [
            ["#.wcw.#", "#######", "##oo###"],
            // Two standard seats are left, apart from one another: they come before a bay beside them.
            ["owwo"],
            // Standard seats run out: companions first.
            ["#oCw#"],
            ["#oCW#"],
        ])
    func kinds(rows: [String]) {
        let drawing = Drawing(rows)
        #expect(drawing.chosen(drawing.expected.count) == drawing.expected)
    }

    @Test(
        "a party is split only when no row has room, into few groups in rows close by",
        arguments: [
            ["##oo##", "##oo##", "......".replacing(".", with: "#"), "#.##.#"],
            // Two groups of a pair each beat one of three and a single far away.
            ["oo ##", "## oo"],
            // Three in one row and two in the next, not two and three further apart.
            ["##..##", "######", "######", "#ooo##", "#oo###"],
        ])
    func split(rows: [String]) {
        let drawing = Drawing(rows)
        #expect(drawing.chosen(drawing.expected.count) == drawing.expected)
    }

    @Test("more than there are is nobody's, and none is nothing")
    func impossible() {
        let drawing = Drawing(["..#", "#w#"])
        #expect(drawing.chosen(4) == nil)
        #expect(drawing.chosen(0) == nil)
        #expect(Drawing([]).chosen(1) == nil)
        #expect(drawing.chosen(3)?.count == 3)
    }

    @Test("whatever is free, exactly so many free seats are chosen, and side by side whenever a row has room")
    func random() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        for round in 0..<400 {
            let rows = (0..<Int.random(in: 1...8, using: &random)).map { _ in
                String(
                    (0..<Int.random(in: 1...14, using: &random)).map { _ in
                        "....##w ".randomElement(using: &random) ?? "."
                    })
            }
            let drawing = Drawing(rows)
            let free = drawing.seats.filter { !drawing.taken.contains($0.id) }
            for count in 1...max(1, free.count) {
                guard let chosen = drawing.chosen(count) else {
                    #expect(count > free.count, "seed \(seed), round \(round): \(rows)")
                    continue
                }
                #expect(chosen.count == count && chosen.isDisjoint(with: drawing.taken), "seed \(seed): \(rows)")
            }
        }
    }
}
