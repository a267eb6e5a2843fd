import IdentityService
import Testing
import Time

@Suite("When keys and tokens begin and end")
struct ScheduleTests {
    private let schedule = KeySchedule(lifetimeMilliseconds: 1000, overlapMilliseconds: 100)

    private func keys(_ moments: Int64...) -> [KeySchedule.Key] {
        moments.map { KeySchedule.Key(id: "k\($0)", activeFrom: Timestamp(rawValue: $0)) }
    }

    @Test(
        "the next key is due an overlap before the last one's lifetime is over",
        arguments: [(899, false), (900, true), (5000, true)] as [(Int64, Bool)])
    func due(now: Int64, isDue: Bool) {
        #expect(schedule.needsKey(keys(0), at: Timestamp(rawValue: now)) == isDue)
    }

    @Test("without a key one is due, and signs at once")
    func first() {
        let now = Timestamp(rawValue: 7)
        #expect(schedule.needsKey([], at: now))
        #expect(schedule.activation(after: [], at: now) == now)
    }

    @Test("a second key signs an overlap later; a third is not made before the first is gone")
    func overlap() {
        #expect(schedule.activation(after: keys(0), at: Timestamp(rawValue: 900)) == Timestamp(rawValue: 1000))
        #expect(schedule.activation(after: keys(0, 1000), at: Timestamp(rawValue: 999)) == nil)
        #expect(schedule.activation(after: keys(0, 1000), at: Timestamp(rawValue: 1099)) == nil)
        #expect(schedule.activation(after: keys(0, 1000), at: Timestamp(rawValue: 1100)) == Timestamp(rawValue: 1200))
    }

    @Test("a key is published until an overlap after the next one signs; the last one for ever")
    func expiry() {
        #expect(schedule.expired(keys(0, 1000), at: Timestamp(rawValue: 1099)).isEmpty)
        #expect(schedule.expired(keys(0, 1000), at: Timestamp(rawValue: 1100)) == keys(0))
        #expect(schedule.expired(keys(0, 1000), at: Timestamp(rawValue: .max)) == keys(0))
        #expect(schedule.expired([], at: Timestamp(rawValue: .max)).isEmpty)
    }

    @Test("a token issued before a withdrawal is older than it, one issued after it is not, in whichever millisecond")
    func tokens() {
        for moment in [0, 1, 999, 1000, 1001, 59_500] as [Int64] {
            let now = Timestamp(rawValue: moment)
            var validFrom = Timestamp(rawValue: 0)
            for _ in 0..<3 {
                let before = TokenTime.issuing(at: now, validFrom: validFrom)
                #expect(before * 1000 >= validFrom.rawValue)
                validFrom = TokenTime.withdrawal(at: now, validFrom: validFrom)
                #expect(before * 1000 < validFrom.rawValue)
                #expect(validFrom.rawValue % 1000 == 0)
            }
        }
    }
}
