import API
import EventLoop
import SQLite
import Telemetry
import TestSupport
import Testing

@Suite struct AnswerCacheTests {
    @Test(
        "kept answers are forgotten when they are too many, and when they are too long together",
        arguments: [(512, 10), (40, 100_000)])
    func bounded(kept: Int, bytes: Int) async throws {
        let database = try Database(.init(path: temporaryPath("answers.db")), migrations: [])
        let loop = try EventLoop(name: "answers")
        let (answers, made) = (AnswerCache(database), Metrics().counter("made", ""))
        let madeFor: @Sendable (Int) async throws -> Bool = { number in
            let before = made.value
            _ = try await loop.perform {
                try answers.answer(to: "/\(number)") {
                    made.increment()
                    return Response(status: 200, json: [UInt8](repeating: 0x20, count: bytes))
                }
            }
            return made.value > before
        }
        for number in 0..<kept { #expect(try await madeFor(number)) }
        #expect(try await !madeFor(0))
        #expect(try await !madeFor(kept - 1))
        for number in kept..<2 * kept { #expect(try await madeFor(number)) }
        #expect(try await madeFor(0))
        loop.stop()
        database.close()
    }
}
