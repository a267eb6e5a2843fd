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

/// How good a choice in a single row is: what is smaller is better, from the first number on.
extension Drawing {
    /// Groups, single seats left alone beside them, and how far off the middle.
    func merit(_ chosen: Set<SeatID>) -> [Double] {
        let (low, high) = (seats.first?.x ?? 0, seats.last?.x ?? 0)
        let runs = runs()
        var merit = [0.0, 0, 0]
        for run in runs {
            let parts = run.indices.split { !chosen.contains(run[$0].id) }
            merit[0] += Double(parts.count)
            if parts.isEmpty { continue }
            merit[1] += Double(run.indices.split { chosen.contains(run[$0].id) }.count { $0.count == 1 })
        }
        for seat in seats where chosen.contains(seat.id) {
            let off = seat.x - (low + high) / 2
            merit[2] += off * off
        }
        return merit
    }

    /// The best of all choices there are; for small rows only.
    func bestMerit(_ count: Int) -> [Double]? {
        let free = seats.filter { !taken.contains($0.id) }
        return (0..<(1 << free.count)).filter { $0.nonzeroBitCount == count }
            .map { bits in merit(Set(free.indices.filter { bits >> $0 & 1 == 1 }.map { free[$0].id })) }
            .min { $0.lexicographicallyPrecedes($1) }
    }

    private func runs() -> [[Seat]] {
        var runs: [[Seat]] = [[]]
        for (index, seat) in seats.enumerated() {
            let isBeside = index > 0 && seats[index - 1].x == seat.x - 1
            if !isBeside || taken.contains(seat.id) { runs.append([]) }
            if !taken.contains(seat.id) { runs[runs.count - 1].append(seat) }
        }
        return runs
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
            // All standard seats first, and as few of the scarcer kind as are missing.
            ["oooo", "wwWww", "oo"],
            ["Www", "oo"],
            ["wwCc", "oo"],
            ["wwCC", "oo"],
            ["wWCC", "oo"],
            // A bay that makes two groups one, and not one nearer to the middle.
            ["oWo...w#".replacing(".", with: "#"), "####w##", "####w##"],
            // The shorter of two gaps is closed; what is left makes a group longer.
            ["oWoWwwo"],
            ["oWWowww#"], ["wWoo"],
            // None is beside a given seat: they stay together, near the middle.
            ["###oo###", "########", "#WWW#www", "########"],
            ["###oo###", "#w#WWW#w"],
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
            // Of as many groups in as many rows, those nearest to the middle.
            [".. oo oo .."],
            [".. .. .. ..", ".. oo oo ..", ".. .. .. .."],
            [".... oooo oooo ...."],
        ])
    func split(rows: [String]) {
        let drawing = Drawing(rows)
        #expect(drawing.chosen(drawing.expected.count) == drawing.expected)
    }

    @Test("six in blocks of four are the middle block, and two beside it")
    func blocks() {
        #expect(Drawing([".... .... ...."]).chosen(6)?.map(\.rawValue).sorted() == [3, 4, 6, 7, 8, 9])
    }

    @Test("no way to split a party is nearer to the middle than the one chosen, of those in as few groups")
    func nearest() {
        let seed = UInt64.random(in: 0 ... .max)
        var random = SeededGenerator(seed: seed)
        for _ in 0..<100 {
            let row =
                ".."
                + String(
                    (0..<Int.random(in: 3...8, using: &random)).map { _ in "....# ".randomElement(using: &random) ?? "."
                    })
            let drawing = Drawing([row])
            let free = drawing.seats.filter { !drawing.taken.contains($0.id) }.count
            for count in 1...max(1, free) {
                guard let chosen = drawing.chosen(count), let best = drawing.bestMerit(count) else { continue }
                #expect(drawing.merit(chosen) == best, "seed \(seed): \(row), \(count)")
            }
        }
    }

    @Test("the largest room is split for a small party, for a large one, and for all but everybody")
    func large() {
        let pairs = Drawing((0..<100).map { _ in String(repeating: ".. ", count: 50) })
        let singles = Drawing((0..<100).map { _ in String(repeating: ".#", count: 50) })
        let rows = Drawing((0..<100).map { _ in String(repeating: ".", count: 100) })
        for count in [3, 20, 60, 999, 4_999] {
            #expect(pairs.chosen(count)?.count == count)
            #expect(singles.chosen(count)?.count == count)
            #expect(rows.chosen(count)?.count == count)
        }
        #expect(rows.chosen(10_000)?.count == 10_000)
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
        for round in 0..<150 {
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
