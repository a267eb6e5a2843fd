import TestSupport
import Testing
import Time
import TypedID

enum Thing: IDTag { static let prefix: StaticString = "thg" }
enum Other: IDTag { static let prefix: StaticString = "oth" }

@Suite struct TypedIDTests {
    @Test("an identifier is written with its prefix and reads back as itself")
    func roundTrip() {
        let id = TypedID<Thing>(rawValue: 7_265_412_058_882_048)
        #expect(id.description == "thg_7265412058882048")
        #expect(TypedID<Thing>(id.description) == id)
        #expect(TypedID<Thing>("thg_9223372036854775807")?.rawValue == .max)
    }

    @Test(
        "text of another shape is no identifier",
        arguments: [
            "", "thg", "thg_", "thg_0", "thg_01", "thg_-1", "thg_+1", "thg_1 ", " thg_1", "thg_1a", "THG_1", "oth_1",
            "thg-1", "thg_9223372036854775808", "thg_99999999999999999999999999", "thg_1\u{0}", "thg_１", "1",
        ])
    func refused(text: String) {
        #expect(TypedID<Thing>(text) == nil)
    }
}

@Suite struct SnowflakeTests {
    private func snowflake(worker: Int64 = 1, at clock: ManualClock) throws -> Snowflake {
        try #require(Snowflake(worker: worker, clock: clock.wall))
    }

    @Test("the bits are time, worker and sequence")
    func layout() throws {
        let clock = ManualClock(Snowflake.epoch.advanced(byMilliseconds: 5))
        let ids = try snowflake(worker: 1023, at: clock)
        let first: TypedID<Thing> = ids.next()
        let second: TypedID<Thing> = ids.next()
        #expect(first.rawValue == 5 << 22 | 1023 << 12 | 0)
        #expect(second.rawValue == 5 << 22 | 1023 << 12 | 1)
    }

    @Test("identifiers grow while the clock stands still, runs out of sequence, and steps back")
    func growing() throws {
        let clock = ManualClock(Snowflake.epoch.advanced(byMilliseconds: 1_000_000))
        let ids = try snowflake(at: clock)
        var last = ids.next(TypedID<Thing>.self)
        for round in 0..<20_000 {
            if round == 10_000 { clock.advance(byMilliseconds: -60_000) }
            if round == 15_000 { clock.advance(byMilliseconds: 120_000) }
            let next = ids.next(TypedID<Thing>.self)
            #expect(next > last)
            last = next
        }
    }

    @Test("identifiers go on after one that another process made when it was later")
    func goingOn() throws {
        let clock = ManualClock(Snowflake.epoch.advanced(byMilliseconds: 1_000_000))
        let before = try snowflake(worker: 1023, at: clock).next(TypedID<Thing>.self)
        clock.advance(byMilliseconds: -60_000)
        let ids = try snowflake(worker: 0, at: clock)
        ids.continueAfter(before.rawValue)
        #expect(ids.next(TypedID<Thing>.self) > before)
        ids.continueAfter(1)
        #expect(ids.next(TypedID<Thing>.self) > before)
    }

    @Test("two threads never get the same one, nor do two workers")
    func unique() async throws {
        let clock = ManualClock(Snowflake.epoch)
        let first = try snowflake(worker: 1, at: clock)
        let second = try snowflake(worker: 2, at: clock)
        let made = await withTaskGroup(of: [Int64].self) { group in
            for number in 0..<8 {
                let ids = number % 2 == 0 ? first : second
                group.addTask { (0..<2000).map { _ in ids.next(TypedID<Other>.self).rawValue } }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
        #expect(Set(made).count == 16_000)
    }

    @Test("a worker beyond ten bits is refused, a clock before the epoch is not")
    func limits() throws {
        #expect(Snowflake(worker: 1024, clock: .system) == nil)
        #expect(Snowflake(worker: -1, clock: .system) == nil)
        let ids = try snowflake(at: ManualClock(Timestamp(rawValue: 0)))
        #expect(ids.next(TypedID<Thing>.self).rawValue > 0)
    }
}
