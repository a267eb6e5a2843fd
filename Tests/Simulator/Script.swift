import TestSupport

/// The steps that a seed stands for.
struct Script {
    static let hands = 8
    static let keys = 4

    private var random: SeededGenerator

    static func steps(of seed: UInt64, count: Int) -> [Step] {
        var script = Script(random: SeededGenerator(seed: seed))
        return (0..<count).map { _ in script.step() }
    }

    private mutating func step() -> Step {
        switch number(0..<1000) {
        case 0..<150: Step(kind: .time(time()))
        case 150..<156: Step(kind: .restart)
        default: Step(kind: .together((0..<crowd()).map { _ in errand() }, circumstances()))
        }
    }

    private mutating func crowd() -> Int {
        switch number(0..<100) {
        case 0..<55: 1
        case 55..<80: 2
        case 80..<95: number(3..<6)
        default: number(6..<13)
        }
    }

    private mutating func errand() -> Errand {
        switch number(0..<1000) {
        case 0..<40: .seats(session: session())
        case 40..<75: .allocate(session: session(), number(0..<22))
        case 75..<95: .price(session: session(), Int64(number(0..<5)) * 300)
        case 95..<105: .move(session: session(), number(0..<3) == 0 ? 30 : 500_000)
        case 105..<106: .close(session: session())
        case 106..<160: .relay(follower: number(0..<2), mood())
        case 160..<180: .tidy
        case 180..<200: .noteMails
        default: .ask(ask())
        }
    }

    private mutating func ask() -> Ask {
        let act: Ask.Act =
            switch number(0..<100) {
            case 0..<18: .open(session: session())
            case 18..<38: .reserve(number(0..<12) == 0 ? number(1..<20) : number(1..<5))
            case 38..<48: .pick(picked())
            case 48..<62: .confirm
            case 62..<68: .cancel
            case 68..<70: .cancelByStaff
            case 70..<79: .refund(nil)
            case 79..<83: .refund(number(1..<3))
            case 83..<89: .show
            default: .again
            }
        var ask = Ask(hand: number(0..<Self.hands), act: act)
        switch act {
        // Who sold a session out some time ago gives back what he has.
        case .refund: ask.back = number(0..<12)
        case .show: ask.back = number(0..<3)
        default: break
        }
        ask.key = number(0..<2) == 0 ? number(0..<Self.keys) : nil
        ask.isStranger = number(0..<40) == 0
        return ask
    }

    private mutating func picked() -> [Int] {
        let first = number(0..<15)
        return Array(first..<first + number(1..<4)) + (number(0..<20) == 0 ? [40] : [])
    }

    private mutating func circumstances() -> Circumstances {
        var circumstances = Circumstances()
        switch number(0..<20) {
        case 0: circumstances.delay = .by(Int64(number(-3..<4)))
        case 1 where number(0..<4) == 0:
            circumstances.delay = .toClosing(hand: number(0..<Self.hands), edge())
        default: break
        }
        if number(0..<4) == 0 { circumstances.batch = number(1..<4) }
        // What a crash leaves of those that read and wrote at other times is more than the model can tell.
        guard case .none = circumstances.delay else { return circumstances }
        circumstances.trouble =
            switch number(0..<200) {
            case 0..<6: .crash(before: number(0..<60))
            case 6..<9: .crashAfter(commit: number(0..<2))
            case 9..<24: .failure(of: number(0..<60), failure())
            case 24..<32: .answersLost
            case 32..<36: .commitUnheard(number(0..<2))
            default: .none
            }
        return circumstances
    }

    private mutating func mood() -> Inbox.Mood {
        switch number(0..<100) {
        case 0..<15: .losesAnswer
        case 15..<20: .isLate
        case 20..<32: .refuses([400, 413, 422].randomElement(using: &random) ?? 422)
        case 32..<42: .fails([500, 502, 503].randomElement(using: &random) ?? 503)
        case 42..<45: .saysNothing
        default: .takes
        }
    }

    private mutating func failure() -> Circumstances.Failure {
        Circumstances.Failure.allCases.randomElement(using: &random) ?? .busy
    }

    private mutating func time() -> TimeStep {
        switch number(0..<200) {
        case 0..<84: .by(Int64(number(1..<6_000)))
        case 84..<90: .by(Int64(number(6_000..<90_000)))
        case 90..<120: .by(-Int64(number(1..<5_000)))
        case 120..<130: .by(-Int64(number(5_000..<120_000)))
        case 130..<180: .by(Int64(number(0..<200)))
        case 180..<196: .toClosing(hand: number(0..<Self.hands), edge())
        case 196..<199: .toStart(session: number(5..<7), edge())
        // As long as answers are kept under their keys.
        default: .by(86_400_000 + edge())
        }
    }

    /// The millisecond itself, and those beside it.
    private mutating func edge() -> Int64 { Int64(number(-1..<2)) }

    private mutating func session() -> Int { number(0..<Showing.all.count) }

    private mutating func number(_ range: Range<Int>) -> Int { Int.random(in: range, using: &random) }
}
