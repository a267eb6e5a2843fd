import JSON
import TestSupport
import Testing

@Suite struct SeatReservationTests {
    private static let room = ["....", "...w"]

    private func states(_ box: BoxOffice) async throws -> [String: String] {
        let map = try await box.service.get("/v1/sessions/\(BoxOffice.session)/seats")
        let pairs = (map.json["seats"]?.arrayValue ?? []).map { seat in
            (seat["id"]?.stringValue ?? "", seat["status"]?.stringValue ?? "")
        }
        return Dictionary(pairs, uniquingKeysWith: { _, last in last }).filter { $0.value != "free" }
    }

    @Test("the seat map shows every seat where it stands, and who has it, without being asked to sign in")
    func map() async throws {
        try await BoxOffice.run(allocation: 8, seats: Self.room) { box async throws in
            let map = try await box.service.get("/v1/sessions/\(BoxOffice.session)/seats")
            #expect(map.status == 200 && map.json["seats"]?.arrayValue?.count == 8)
            #expect(
                map.json["seats"]?.arrayValue?.last == [
                    "id": "sea_1004", "row": "B", "number": 4, "kind": "wheelchair", "x": 3, "y": 1, "status": "free",
                ])
            #expect(map.json["counts"] == ["allocation": 8, "free": 8, "held": 0, "sold": 0])
            let first = try await box.open()
            _ = try await box.pick(first, ["sea_1"])
            _ = try await box.confirm(first)
            _ = try await box.pick(try await box.open("usr_2"), ["sea_2", "sea_3"], "usr_2")
            #expect(try await states(box) == ["sea_1": "sold", "sea_2": "held", "sea_3": "held"])
            let counts = try await box.service.get("/v1/sessions/\(BoxOffice.session)/seats").json["counts"]
            #expect(counts == ["allocation": 8, "free": 5, "held": 2, "sold": 1])
        }
    }

    @Test("a booking of a seated room shows its seats for as long as they are its own")
    func ownSeats() async throws {
        try await BoxOffice.run(allocation: 8, seats: Self.room) { box async throws in
            func shown(_ id: String) async throws -> JSONValue? {
                try await box.service.get("/v1/bookings/\(id)", token: box.service.token()).json["booking"]?["seats"]
            }
            let id = try await box.open()
            #expect(try await shown(id) == [])
            _ = try await box.pick(id, ["sea_1001", "sea_2"])
            let seats: JSONValue = [
                ["id": "sea_2", "row": "A", "number": 2], ["id": "sea_1001", "row": "B", "number": 1],
            ]
            #expect(try await shown(id) == seats)
            _ = try await box.confirm(id)
            #expect(try await shown(id) == seats)
            let lapsed = try await box.open()
            _ = try await box.pick(lapsed, ["sea_3"])
            box.service.clock.advance(byMilliseconds: 60_000)
            #expect(try await shown(lapsed) == [], "they are anybody's from that instant")
        }
    }

    @Test("where seats are only counted the map is its counts, and no seat can be picked")
    func unseated() async throws {
        try await BoxOffice.run(allocation: 8) { box async throws in
            let id = try await box.open()
            #expect(try await box.pick(id, ["sea_1"]).codes == ["seat_not_in_room"])
            let reserved = try await box.reserve(id, 3)
            #expect(reserved.json["booking"]?["seats"] == nil)
            let map = try await box.service.get("/v1/sessions/\(BoxOffice.session)/seats")
            #expect(map.json == ["counts": ["allocation": 8, "free": 5, "held": 3, "sold": 0]])
        }
    }

    @Test("picked seats are all got or none, and the answer names the ones that are taken")
    func pick() async throws {
        try await BoxOffice.run(allocation: 8, seats: Self.room) { box async throws in
            let first = try await box.open()
            let got = try await box.pick(first, ["sea_2", "sea_1"])
            #expect(got.status == 200 && got.json["booking"]?["reserved_seats"] == 2)
            #expect(BoxOffice.seats(got) == ["sea_2", "sea_1"])
            let second = try await box.open("usr_2")
            let refused = try await box.pick(second, ["sea_3", "sea_2"], "usr_2")
            #expect(refused.status == 409 && refused.codes == ["seat_taken"])
            #expect(String(decoding: refused.body, as: UTF8.self).contains("sea_2"))
            #expect(try await states(box) == ["sea_1": "held", "sea_2": "held"])
            #expect(try await box.pick(second, ["sea_3", "sea_9"], "usr_2").codes == ["seat_not_in_room"])
        }
    }

    @Test(
        "a wish that makes no sense is a 422",
        arguments: [
            (#"{"seats":1,"seat_ids":["sea_1"]}"#, "seats_invalid"),
            (#"{"seat_ids":["sea_1","sea_1"]}"#, "seat_ids_invalid"),
            (#"{"seat_ids":[]}"#, "seat_ids_too_short"), (#"{"seat_ids":"sea_1"}"#, "seat_ids_invalid"),
            (#"{"seat_ids":["ses_1"]}"#, "seat_ids_invalid"), (#"{"seat_ids":[1]}"#, "seat_ids_invalid"),
        ])
    func nonsense(body: String, code: String) async throws {
        try await BoxOffice.run(allocation: 8, seats: Self.room) { box async throws in
            let id = try await box.open()
            let answer = try await box.service.post("/v1/bookings/\(id)/reserve", body, token: box.service.token())
            #expect(answer.status == 422 && answer.codes == [code])
        }
    }

    @Test("a count gets the best seats, more of them may be others, and what is given up is free at once")
    func changing() async throws {
        try await BoxOffice.run(allocation: 8, seats: Self.room) { box async throws in
            let id = try await box.open()
            #expect(BoxOffice.seats(try await box.reserve(id, 2)) == ["sea_1", "sea_2"])
            #expect(BoxOffice.seats(try await box.reserve(id, 3)).count == 3)
            #expect(BoxOffice.seats(try await box.pick(id, ["sea_1001"])) == ["sea_1001"])
            #expect(try await states(box) == ["sea_1001": "held"])
            let other = try await box.open("usr_2")
            #expect(BoxOffice.seats(try await box.reserve(other, 4, "usr_2")) == ["sea_1", "sea_2", "sea_3", "sea_4"])
            #expect(BoxOffice.seats(try await box.reserve(id, 4)).count == 4, "its own, and the bay")
            #expect(try await box.reserve(id, 5).codes == ["not_enough_seats"])
        }
    }

    @Test("seats of a lapsed or cancelled booking are free in that very millisecond")
    func freed() async throws {
        try await BoxOffice.run(allocation: 8, seats: Self.room) { box async throws in
            let lapsing = try await box.open()
            _ = try await box.pick(lapsing, ["sea_1", "sea_2"])
            box.service.clock.advance(byMilliseconds: 59_999)
            let other = try await box.open("usr_2")
            #expect(try await box.pick(other, ["sea_1"], "usr_2").codes == ["seat_taken"])
            box.service.clock.advance(byMilliseconds: 1)
            #expect(try await states(box).isEmpty, "also for who only looks")
            #expect(try await box.pick(other, ["sea_1", "sea_2"], "usr_2").status == 200)
            _ = try await box.cancel(other, "usr_2")
            #expect(try await states(box).isEmpty)
            #expect(try await box.pick(try await box.open("usr_3"), ["sea_1"], "usr_3").status == 200)
        }
    }

    @Test("of a full room it is still said which seats are taken, and which there are not")
    func fullRoom() async throws {
        try await BoxOffice.run(allocation: 8, seats: Self.room) { box async throws in
            _ = try await box.reserve(try await box.open(), 8)
            let late = try await box.open("usr_2")
            #expect(try await box.pick(late, ["sea_1"], "usr_2").codes == ["seat_taken"])
            #expect(try await box.pick(late, ["sea_9"], "usr_2").codes == ["seat_not_in_room"])
            #expect(try await box.reserve(late, 1, "usr_2").codes == ["not_enough_seats"])
        }
    }

    @Test("an allocation below the plan is the limit, whichever seats are left")
    func lowAllocation() async throws {
        try await BoxOffice.run(allocation: 3, seats: Self.room) { box async throws in
            let id = try await box.open()
            #expect(try await box.pick(id, ["sea_1", "sea_2", "sea_3", "sea_4"]).codes == ["not_enough_seats"])
            #expect(try await box.pick(id, ["sea_1", "sea_2", "sea_3"]).status == 200)
            #expect(try await box.reserve(try await box.open("usr_2"), 1, "usr_2").codes == ["not_enough_seats"])
        }
    }

    @Test("many customers picking at once: every seat has one holder, and whoever was told so has it")
    func race() async throws {
        try await BoxOffice.run(allocation: 8, seats: Self.room, settings: ["LOOPS": "2"]) { box async throws in
            let winners = try await withThrowingTaskGroup(of: [String].self) { group in
                for number in 1...60 {
                    group.addTask {
                        let user = "usr_\(number)"
                        let id = try await box.open(user)
                        let answer =
                            number % 2 == 0
                            ? try await box.pick(id, ["sea_\(1 + number % 4)", "sea_\(1001 + number % 4)"], user)
                            : try await box.reserve(id, 2, user)
                        return BoxOffice.seats(answer)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(winners.count == Set(winners).count)
            let held = try await states(box)
            #expect(Set(winners) == Set(held.keys))
        }
    }
}
