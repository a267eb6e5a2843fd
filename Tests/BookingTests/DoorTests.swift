import Auth
import BookingService
import JSON
import TestSupport
import Testing
import Time

@Suite struct DoorTests {
    @Test("a ticket lets in once, with exactly its fields; then it is used")
    func admits() async throws {
        try await BoxOffice.run(seats: ["..."]) { box async throws in
            let booking = try await box.sell(named: ["sea_2"])
            let code = try #require(try await box.codes(of: booking).first)
            let admitted = try await box.checkIn(code)
            #expect(admitted.status == 201)
            let checkIn = admitted.json["check_in"]
            #expect(Answer.names(checkIn) == ["ticket_id", "session_id", "seat", "admitted_at", "door"])
            #expect(checkIn?["seat"] == ["id": "sea_2", "row": "A", "number": 2])
            #expect(checkIn?["admitted_at"] == "2026-11-20T18:30:00.000Z" && checkIn?["door"] == "North")
            let ticket = try await box.tickets(of: booking).json["tickets"]?.arrayValue?.first
            #expect(
                Answer.names(ticket) == [
                    "id", "session_id", "seat", "tariff", "price", "due", "status", "token", "admitted_at",
                ])
            #expect(ticket?["status"] == "used" && ticket?["token"] == .null)
            #expect(ticket?["id"] == checkIn?["ticket_id"] && ticket?["admitted_at"] == checkIn?["admitted_at"])
        }
    }

    @Test("each refusal has its code, and nobody is in")
    func refusals() async throws {
        try await BoxOffice.run(startsInMilliseconds: 7_200_000) { box async throws in
            let sold = try await box.codes(of: box.sell(3))
            #expect(try await box.checkIn(sold[0]).codes == ["too_early"])
            box.service.clock.advance(byMilliseconds: 3_600_000)
            #expect(try await box.checkIn(sold[0], #""session_id":"ses_5""#).codes == ["wrong_session"])
            #expect(try await box.checkIn(sold[0], #""place_id":"plc_5""#).codes == ["wrong_place"])
            let refunded = try await box.sell()
            let gone = try #require(try await box.codes(of: refunded).first)
            _ = try await box.refund(refunded)
            #expect(try await box.checkIn(gone).codes == ["ticket_refunded"])
            #expect(try await box.door()["counts"]?["admitted"] == 0)
            #expect(try await box.checkIn(sold[0], #""place_id":"plc_1""#).status == 201)
            #expect(try await box.checkIn(sold[0]).codes == ["already_admitted"])
            box.service.clock.advance(byMilliseconds: (60 + 94 + 60) * 60_000)
            #expect(try await box.checkIn(sold[1]).codes == ["too_late"])
            #expect(try await box.door()["counts"]?["admitted"] == 1)
        }
    }

    @Test("a code is good with the line break that a scanner types after it")
    func lineBreak() async throws {
        try await BoxOffice.run { box async throws in
            let codes = try await box.codes(of: box.sell(2))
            #expect(try await box.checkIn(#"\#(codes[0])\r\n"#).status == 201)
            #expect(try await box.checkIn(" \(codes[0])").codes == ["already_admitted"])
            #expect(try await box.checkIn("\(codes[1]) ").status == 201)
        }
    }

    @Test("what is no ticket of ours is a 422, whatever it looks like")
    func forged() async throws {
        try await BoxOffice.run { box async throws in
            let code = try #require(try await box.codes(of: box.sell()).first)
            let parts = code.split(separator: ".").map(String.init)
            let stranger = try #require(Ed25519.PrivateKey.generate())
            let claims = try #require(Base64URL.decode(parts[1]).flatMap { try? JSONValue(parsing: $0).objectValue })
            let copied = try #require(
                SignedClaims.text(type: "ticket+jwt", signedWith: stranger) { json in
                    for member in claims.members { json.field(named: member.name, member.value) }
                })
            let forgeries = [
                "x", "..", "\(parts[0]).\(parts[1]).", "\(parts[0]).\(parts[1]).\(parts[2])A", copied,
                "\(parts[0]).\(Base64URL.encode(Array("{}".utf8))).\(parts[2])", box.service.token("usr_1", .admin),
            ]
            for forgery in forgeries {
                let answer = try await box.checkIn(forgery)
                #expect(answer.status == 422 && answer.codes == ["ticket_invalid"], "\(forgery)")
            }
            #expect(try await box.checkIn(code).status == 201, "the control must pass")
        }
    }

    @Test("a door that names neither session nor place takes each ticket for its own; everything else holds")
    func anyTicket() async throws {
        try await BoxOffice.run(startsInMilliseconds: 7_200_000) { box async throws in
            let booking = try await box.sell(4)
            let sold = try await box.codes(of: booking)
            #expect(try await box.checkIn(sold[0], "").codes == ["too_early"])
            box.service.clock.advance(byMilliseconds: 3_600_000)
            let admitted = try await box.checkIn(sold[0], "")
            #expect(admitted.status == 201 && admitted.json["check_in"]?["door"] == .null)
            #expect(admitted.json["check_in"]?["session_id"]?.stringValue == BoxOffice.session)
            #expect(try await box.checkIn(sold[0], "").codes == ["already_admitted"])
            #expect(try await box.checkIn(sold[1], #""session_id":null,"place_id":null"#).status == 201)
            let refunded = try await box.sell()
            let gone = try #require(try await box.codes(of: refunded).first)
            _ = try await box.refund(refunded)
            #expect(try await box.checkIn(gone, "").codes == ["ticket_refunded"])
            let kept = try await box.tickets(of: booking).json["tickets"]?.arrayValue?.first { $0["token"] != .null }
            _ = try await box.service.post(
                "/v1/bookings/\(booking)/tickets/\(kept?["id"]?.stringValue ?? "")/reissue",
                token: box.service.token("usr_1"))
            #expect(try await box.checkIn(kept?["token"]?.stringValue ?? "", "").codes == ["ticket_reissued"])
            #expect(try await box.checkIn("x", "").codes == ["ticket_invalid"])
            box.service.clock.advance(byMilliseconds: (60 + 94 + 60) * 60_000)
            #expect(try await box.checkIn(sold[3], "").codes == ["too_late"])
            let offline = try await box.upload([#""token":"\#(sold[3])","scanned_at":"2026-11-20T20:00:00Z""#])
            #expect(offline.json["scans"]?.arrayValue?.compactMap { $0["result"] } == ["admitted"])
        }
    }

    @Test("a door's session is one, and staff alone may let in")
    func doors() async throws {
        try await BoxOffice.run { box async throws in
            let code = try #require(try await box.codes(of: box.sell()).first)
            #expect(try await box.checkIn(code, #""session_id":"plc_1""#).codes == ["session_id_invalid"])
            let body = #"{"token":"\#(code)","session_id":"\#(BoxOffice.session)"}"#
            let customer = box.service.token("usr_1")
            #expect(try await box.service.post("/v1/check-ins", body, token: customer).status == 403)
            #expect(try await box.service.post("/v1/check-ins/offline", "{}", token: customer).status == 403)
            for target in ["door", "door/conflicts"] {
                let path = "/v1/sessions/\(BoxOffice.session)/\(target)"
                #expect(try await box.service.get(path, token: customer).status == 403)
                #expect(try await box.service.get(path).status == 401)
                let unknown = try await box.service.get(
                    "/v1/sessions/ses_9/\(target)", token: box.service.token("usr_8", .staff))
                #expect(unknown.codes == ["session_not_found"])
            }
        }
    }

    @Test(
        "times are the place's, also in the nights in which its clocks change",
        arguments: [
            // The hour that comes twice, first in summer time and then in winter time.
            ("2026-10-25T00:30:00Z", "2026-10-25 at 02:30:00 (UTC+02:00)", "2026-10-25 at 01:45:00 (UTC+02:00)"),
            ("2026-10-25T01:30:00Z", "2026-10-25 at 02:30:00 (UTC+01:00)", "2026-10-25 at 02:45:00 (UTC+02:00)"),
            // The hour that does not come.
            ("2027-03-28T00:59:59Z", "2027-03-28 at 01:59:59 (UTC+01:00)", "2027-03-28 at 01:14:59 (UTC+01:00)"),
            ("2027-03-28T01:00:00Z", "2027-03-28 at 03:00:00 (UTC+02:00)", "2027-03-28 at 01:15:00 (UTC+01:00)"),
        ])
    func clockChanges(moment: String, admitted: String, opens: String) async throws {
        let quarter: Int64 = 15 * 60_000
        try await BoxOffice.run(
            startsInMilliseconds: 2 * quarter, settings: ["DOOR_OPENS_MINUTES": "15"],
            at: try #require(Timestamp(rfc3339: moment)).advanced(byMilliseconds: -4 * quarter).rfc3339,
            timeZone: "Europe/Paris"
        ) { box async throws in
            func message(_ answer: Answer) -> String {
                answer.json["errors"]?.arrayValue?.first?["message"]?.stringValue ?? ""
            }
            let code = try #require(try await box.codes(of: box.sell()).first)
            #expect(message(try await box.checkIn(code)) == "The doors open on \(opens).")
            box.service.clock.advance(byMilliseconds: 4 * quarter)
            #expect(try await box.checkIn(code).status == 201)
            #expect(
                message(try await box.checkIn(code)) == "The ticket was used on \(admitted), at the door North.")
        }
    }

    @Test("a ticket that is issued anew lets in by its new code alone; one that was used or refunded is not")
    func reissue() async throws {
        try await BoxOffice.run { box async throws in
            let booking = try await box.sell()
            let ticket = try await box.tickets(of: booking).json["tickets"]?.arrayValue?.first
            let (id, old) = (ticket?["id"]?.stringValue ?? "", ticket?["token"]?.stringValue ?? "")
            func reissue(_ id: String, _ user: String = "usr_1", _ role: Role = .customer) async throws -> Answer {
                try await box.service.post(
                    "/v1/bookings/\(booking)/tickets/\(id)/reissue", token: box.service.token(user, role))
            }
            #expect(try await reissue(id, "usr_2").codes == ["booking_not_found"])
            for unknown in ["tkt_5", "x"] { #expect(try await reissue(unknown).codes == ["ticket_not_found"]) }
            let first = try await reissue(id)
            #expect(first.status == 200 && first.json["ticket"]?["id"] == .string(id))
            let second = try await reissue(id, "usr_8", .staff)
            let new = try #require(second.json["ticket"]?["token"]?.stringValue)
            #expect(
                try await box.door()["revocations"] == [
                    ["ticket_id": .string(id), "generation": 2, "reason": "reissued"]
                ])
            for code in [old, first.json["ticket"]?["token"]?.stringValue ?? ""] {
                #expect(try await box.checkIn(code).codes == ["ticket_reissued"])
            }
            #expect(try await box.checkIn(new).status == 201)
            #expect(try await reissue(id).codes == ["ticket_used"])
            _ = try await box.refund(booking)
            #expect(try await reissue(id).codes == ["ticket_refunded"])
        }
    }

    @Test("the door counts, and lists what a device needs to know that goes offline")
    func listing() async throws {
        try await BoxOffice.run(seats: ["...."]) { box async throws in
            let empty = try await box.door()
            #expect(empty["counts"] == ["sold": 0, "admitted": 0, "refunded": 0, "conflicts": 0])
            let kept = try await box.sell(named: ["sea_1", "sea_2"])
            let refunded = try await box.sell(named: ["sea_3"])
            let back = try await box.tickets(of: refunded).json["tickets"]?.arrayValue?.first?["id"]
            _ = try await box.refund(refunded)
            _ = try await box.checkIn(try await box.codes(of: kept)[0])
            let door = try await box.door()
            #expect(Answer.names(door) == ["counts", "as_of", "tickets", "revocations"])
            #expect(door["counts"] == ["sold": 2, "admitted": 1, "refunded": 1, "conflicts": 0])
            #expect(door["as_of"] == "2026-11-20T18:30:00.000Z")
            let tickets = door["tickets"]?.arrayValue ?? []
            #expect(tickets.map { $0["seat"]?["id"] } == ["sea_1", "sea_2"])
            #expect(Answer.names(tickets.first) == ["id", "generation", "seat", "admitted_at"])
            #expect(tickets.map { $0["admitted_at"] } == ["2026-11-20T18:30:00.000Z", .null])
            #expect(door["revocations"] == [["ticket_id": back ?? .null, "generation": "all", "reason": "refunded"]])
        }
    }

    @Test("a ticket's code is good from when the doors open to an hour after the film")
    func claims() async throws {
        try await BoxOffice.run(seats: [".."]) { box async throws in
            let code = try #require(try await box.codes(of: box.sell(named: ["sea_2"])).first)
            let signed = try SignedClaims(code, type: "ticket+jwt")
            let start = (box.service.clock.now.rawValue + 3_600_000) / 1000
            let names = signed.claims.members.map(\.name)
            #expect(names == ["iss", "aud", "sub", "bkg", "ses", "plc", "seat", "gen", "nbf", "exp"])
            #expect(signed.claims["iss"] == "marquee/booking" && signed.claims["aud"] == "door")
            #expect(signed.claims["seat"] == "A 2" && signed.claims["gen"] == 1 && signed.claims["plc"] == "plc_1")
            #expect(signed.claims["nbf"] == .integer(start - 3_600))
            #expect(signed.claims["exp"] == .integer(start + (94 + 60) * 60))
        }
    }
}
