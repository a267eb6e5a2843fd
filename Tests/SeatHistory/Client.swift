import Glibc
import JSON
import TestSupport
import Time

/// Does what it is told over one connection, and writes down when and how that was answered.
final class Client {
    private let connection: HTTPConnection
    private let recorder: Recorder

    init(_ connection: HTTPConnection, _ recorder: Recorder) {
        self.connection = connection
        self.recorder = recorder
    }

    @discardableResult
    func perform(_ act: Act, token: String?) -> Outcome {
        let request = act.request
        // Nobody there: nothing was asked.
        for _ in 0..<3_000 where (try? connection.connect()) == nil { usleep(10_000) }
        let invoked = Recorder.now()
        let answer = try? connection.send(request.method, request.target, token: token, body: request.body)
        let returned = Recorder.now()
        let outcome = answer.map { act.outcome(of: $0) } ?? .unknown
        recorder.write(Entry(act, invoked: invoked, returned: returned, outcome))
        // It would only be told the same again.
        if outcome == .unknown { usleep(50_000) }
        return outcome
    }
}

extension Act {
    fileprivate var request: (method: String, target: String, body: String?) {
        switch self {
        case .open(let session): ("POST", "/v1/sessions/\(session)/book", nil)
        case .reserve(let booking, let count): ("POST", "/v1/bookings/\(booking)/reserve", #"{"seats":\#(count)}"#)
        case .pick(let booking, let seats):
            (
                "POST", "/v1/bookings/\(booking)/reserve",
                #"{"seat_ids":[\#(seats.map { "\"\($0)\"" }.joined(separator: ","))]}"#
            )
        case .confirm(let booking): ("POST", "/v1/bookings/\(booking)/confirm", nil)
        case .cancel(let booking): ("POST", "/v1/bookings/\(booking)/cancel", nil)
        case .refund(let booking): ("POST", "/v1/bookings/\(booking)/refund", #"{"reason":"as they say"}"#)
        case .allocate(let session, let count): ("PATCH", "/v1/sessions/\(session)", #"{"allocation":\#(count)}"#)
        case .look(let session): ("GET", "/v1/sessions/\(session)/seats", nil)
        case .show(let booking): ("GET", "/v1/bookings/\(booking)", nil)
        }
    }

    fileprivate func outcome(of answer: Answer) -> Outcome {
        switch answer.status {
        case 200, 201: return success(answer.json) ?? .unexpected("\(answer.status) \(answer.json)")
        case 409 where answer.codes.count == 1:
            let message = answer.json["errors"]?.arrayValue?.first?["message"]?.stringValue ?? ""
            let words = message.split { !($0.isLetter || $0.isNumber || $0 == "_") }
            return .refused(answer.codes[0], seats: Set(words.filter { $0.hasPrefix("sea_") }.map(String.init)))
        case 502, 503, 504: return .unknown
        default: return .unexpected("\(answer.status) \(answer.codes)")
        }
    }

    private func success(_ body: JSONValue) -> Outcome? {
        let booking = body["booking"]
        func count(_ value: JSONValue?) -> Int? { value?.integerValue.flatMap { Int(exactly: $0) } }
        switch self {
        case .open:
            guard let id = booking?["id"]?.stringValue, let created = moment(booking?["created_at"]),
                let closes = moment(booking?["closes_at"])
            else { return nil }
            return .opened(booking: id, createdAt: created, closesAt: closes)
        case .reserve, .pick, .confirm, .cancel, .refund:
            let seats = (booking?["seats"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue }
            return count(booking?["reserved_seats"]).map { .has(count: $0, seats: Set(seats)) }
        case .allocate: return count(body["session"]?["allocation"]).map { .allocated($0) }
        case .look:
            guard let allocation = count(body["counts"]?["allocation"]), let free = count(body["counts"]?["free"]),
                let held = count(body["counts"]?["held"]), let sold = count(body["counts"]?["sold"])
            else { return nil }
            let taken = (body["seats"]?.arrayValue ?? []).filter { $0["status"] != "free" }
            return .looked(
                SeatCounts(allocation: allocation, free: free, held: held, sold: sold),
                taken: Set(taken.compactMap { $0["id"]?.stringValue }))
        case .show:
            guard let status = booking?["status"]?.stringValue, let seats = count(booking?["reserved_seats"]) else {
                return nil
            }
            return .shown(status: status, count: seats)
        }
    }

    private func moment(_ value: JSONValue?) -> Moment? {
        value?.stringValue.flatMap(Timestamp.init(rfc3339:)).map { Recorder.moment(ofMillisecond: $0.rawValue) }
    }
}
