import JSON
import Synchronization
import Telemetry
import Testing

@Suite struct LogThrottleTests {
    private static let second: UInt64 = 1_000_000_000

    @Test("of each kind there is one line in an interval, and the next one says how many were withheld")
    func kinds() {
        let now = Mutex<UInt64>(5 * Self.second)
        let throttle = LogThrottle(intervalMilliseconds: 60_000) { now.withLock { $0 } }
        #expect((0..<4).map { _ in throttle.admit("a") } == [0, nil, nil, nil])
        #expect(throttle.admit("b") == 0, "another kind has its own")
        now.withLock { $0 += 60 * Self.second - 1 }
        #expect(throttle.admit("a") == nil)
        now.withLock { $0 += 1 }
        #expect(throttle.admit("a") == 4)
        #expect(throttle.admit("a") == nil)
        now.withLock { $0 += 3_600 * Self.second }
        #expect(throttle.admit("a") == 1 && throttle.admit("b") == 0)
    }

    @Test("of a kind that may have several lines in an interval there are as many, and each lost one is counted once")
    func several() {
        let now = Mutex<UInt64>(5 * Self.second)
        let throttle = LogThrottle(lines: 3, intervalMilliseconds: 1_000) { now.withLock { $0 } }
        #expect((0..<5).map { _ in throttle.admit("a") } == [0, 0, 0, nil, nil])
        now.withLock { $0 += Self.second - 1 }
        #expect(throttle.admit("a") == nil)
        now.withLock { $0 += 1 }
        #expect((0..<4).map { _ in throttle.admit("a") } == [3, 0, 0, nil])
    }

    @Test("kinds without end are one from some number on")
    func many() {
        let throttle = LogThrottle { 0 }
        let lines = (0..<1_000).compactMap { throttle.admit("kind \($0)") }
        #expect(lines.count == LogThrottle.mostKinds + 1)
        #expect(throttle.admit("kind 0") == nil)
    }

    @Test("a line that is let through has the count in it")
    func logger() throws {
        let lines = Mutex<[[UInt8]]>([])
        let log = Logger(service: "test") { line in lines.withLock { $0.append(line) } }
        let now = Mutex<UInt64>(0)
        let throttle = LogThrottle(intervalMilliseconds: 1_000) { now.withLock { $0 } }
        for _ in 0..<3 { log.error("away", [("who", "it")], kind: "it", within: throttle) }
        now.withLock { $0 = Self.second }
        log.error("away", [("who", "it")], kind: "it", within: throttle)
        let written = try lines.withLock { try $0.map { try JSONValue(parsing: $0) } }
        #expect(written.map { $0["withheld"] } == [0, 2] && written.allSatisfy { $0["who"] == "it" })
    }
}
