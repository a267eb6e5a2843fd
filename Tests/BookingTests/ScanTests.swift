import Auth
import BookingService
import JSON
import Lifecycle
import Synchronization
import TestSupport
import Testing

/// Which scans of a ticket are one, told again, and which are two people.
@Suite struct ScanTests {
    @Test("of 200 scanners with one ticket at once, one lets in, at one door or at many", arguments: [1, 200])
    func race(doors: Int) async throws {
        try await BoxOffice.run { box async throws in
            let code = try #require(try await box.codes(of: box.sell()).first)
            let (token, port) = (box.service.token("usr_8", .staff), box.service.running.publicAddress.port)
            let answers = Mutex<[Answer]>([])
            let start = Barrier(200)
            await Threads.run(200) { scanner in
                let connection = HTTPConnection(host: "127.0.0.1", port: port)
                try? connection.connect()
                start.wait()
                let answer = try? connection.send(
                    "POST", "/v1/check-ins", token: token,
                    body: #"{"token":"\#(code)","session_id":"\#(BoxOffice.session)","door":"\#(scanner % doors)"}"#)
                if let answer { answers.withLock { $0.append(answer) } }
            }
            let all = answers.withLock { $0 }
            let won = all.filter { $0.status == 201 }
            #expect(all.count == 200 && won.count == 1)
            let door = try #require(won.first?.json["check_in"]?["door"]?.stringValue)
            let others = all.filter { $0.status != 201 }
            #expect(others.allSatisfy { $0.status == 409 && $0.codes == ["already_admitted"] })
            #expect(others.allSatisfy { String(decoding: $0.body, as: UTF8.self).contains("at the door \(door).") })
            #expect(try await box.door()["counts"]?["admitted"] == 1)
        }
    }

    @Test("a scan whose answer was lost is let in again with its key; without it, or with another, it is a second one")
    func retry() async throws {
        try await BoxOffice.run { box async throws in
            let code = try #require(try await box.codes(of: box.sell()).first)
            let first = try await box.checkIn(code, key: "scan 1")
            #expect(first.status == 201)
            // Also when the network was away until long after the film.
            box.service.clock.advance(byMilliseconds: 12 * 3_600_000)
            let again = try await box.checkIn(code, key: "scan 1")
            #expect(again.status == 201 && again.body == first.body && again.header("idempotent-replayed") == "true")
            for key in ["scan 2", nil] {
                #expect(try await box.checkIn(code, key: key).codes == ["already_admitted"])
            }
            #expect(try await box.door()["counts"] == ["sold": 1, "admitted": 1, "refunded": 0, "conflicts": 0])
        }
    }

    @Test("two copies of a ticket at one door within a second: the second is refused online, and a conflict offline")
    func copies() async throws {
        try await BoxOffice.run { box async throws in
            let codes = try await box.codes(of: box.sell(2))
            #expect(try await box.checkIn(codes[0], key: "scan 1").status == 201)
            box.service.clock.advance(byMilliseconds: 1_000)
            #expect(try await box.checkIn(codes[0], key: "scan 2").codes == ["already_admitted"])
            let door = #""session_id":"\#(BoxOffice.session)","door":"North""#
            let scans = [(codes[0], "0.500"), (codes[1], "0.500"), (codes[1], "0.501")].map { code, second in
                #""token":"\#(code)","scanned_at":"2026-11-20T18:30:0\#(second)Z",\#(door)"#
            }
            let answer = try await box.upload(scans)
            let results = answer.json["scans"]?.arrayValue?.map { $0["result"]?.stringValue }
            #expect(results == ["conflict", "admitted", "conflict"])
            // Told again, they are what they were.
            #expect(try await box.upload(scans).body == answer.body)
            #expect(try await box.door()["counts"] == ["sold": 2, "admitted": 2, "refunded": 0, "conflicts": 2])
        }
    }
}
