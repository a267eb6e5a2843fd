import JSON
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite struct LoggerTests {
    @Test("an event is one line of JSON, whatever its values hold")
    func line() throws {
        let lines = Mutex<[[UInt8]]>([])
        let log = Logger(service: "test", clock: ManualClock().wall) { line in lines.withLock { $0.append(line) } }
        log.info("thing_done", [("count", .integer(3)), ("text", .string("a\nb\"c"))])
        let line = try #require(lines.withLock { $0.first })
        #expect(line.last == 10 && line.filter { $0 == 10 }.count == 1)
        #expect(
            try JSONValue(parsing: line) == [
                "time": "2026-11-20T18:30:00.000Z", "level": "info", "service": "test", "event": "thing_done",
                "count": 3, "text": "a\nb\"c",
            ])
    }

    @Test("what is below the level is not written")
    func level() {
        let count = Mutex(0)
        let log = Logger(service: "test", level: .warning) { _ in count.withLock { $0 += 1 } }
        log.debug("a")
        log.info("b")
        log.warning("c")
        log.error("d")
        #expect(count.withLock { $0 } == 2)
    }
}
