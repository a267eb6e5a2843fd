import JSON
import TestSupport
import Time

/// What one visitor saw while the clock stepped.
struct ClockWitness: Sendable {
    var ids: [String] = []
    /// Bookings that were seen to expire.
    var ends = 0
    var wrong: [String] = []
}

/// Opens bookings, looks at them and finishes some; whether what it is told may be so depends on what the clock has
/// shown.
struct ClockVisitor {
    private struct Seen {
        let id: String
        let openedAt: Int64
        let closesAt: Int64
        var hasExpired = false
        var isSettled = false
    }

    private(set) var witness = ClockWitness()
    private let clock: SteppedClock
    private let hold: Int64
    private let connection: HTTPConnection
    private let token: String
    private let number: Int
    private var random: SeededGenerator
    private var bookings: [Seen] = []
    private var acts = 0

    init(_ number: Int, of stack: Stack, _ clock: SteppedClock, hold: Int64, seed: UInt64) {
        self.number = number
        self.clock = clock
        self.hold = hold
        connection = stack.connection()
        token = stack.token(user: 710_000 + Int64(number), issuedSecondsAgo: 18_000, lifetimeSeconds: 86_400)
        random = SeededGenerator(seed: seed &+ UInt64(number))
    }

    mutating func act() {
        acts += 1
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: open()
        case 2: signUp()
        case 3, 4: attempt("reserve", #"{"seats":1}"#)
        case 5: attempt("confirm")
        case 6: attempt("cancel")
        default: look()
        }
    }

    /// - Returns: the answer, and the times before and after it; nil when the service was not there.
    private mutating func send(
        _ method: String, _ target: String, _ body: String? = nil, token: String?
    ) -> (Answer, from: Int64, to: Int64)? {
        let from = SteppedClock.now
        guard let answer = try? connection.send(method, target, token: token, body: body) else { return nil }
        if [502, 503, 504].contains(answer.status) { return nil }
        if answer.status >= 500 || answer.status == 401 {
            witness.wrong.append("\(method) \(target): \(answer.status) \(answer.codes)")
        }
        return (answer, from, SteppedClock.now)
    }

    private mutating func signUp() {
        let person = #"{"email":"\#(number)-\#(acts)@clock.example","password":"correct horse battery"}"#
        guard let (answer, _, _) = send("POST", "/v1/auth/signup", person, token: nil) else { return }
        if let id = answer.json["user"]?["id"]?.stringValue { witness.ids.append(id) }
    }

    private mutating func open() {
        let session = StackSession.id(Int.random(in: 1...3, using: &random))
        guard let (answer, from, _) = send("POST", "/v1/sessions/\(session)/book", token: token) else { return }
        let booking = answer.json["booking"]
        guard answer.status == 201, let id = booking?["id"]?.stringValue,
            let created = booking?["created_at"]?.stringValue.flatMap(Timestamp.init(rfc3339:)),
            let closes = booking?["closes_at"]?.stringValue.flatMap(Timestamp.init(rfc3339:))
        else { return witness.wrong.append("book: \(answer.status) \(answer.codes)") }
        witness.ids.append(id)
        if closes.rawValue - created.rawValue != hold { witness.wrong.append("\(id) is open for another time") }
        bookings.append(Seen(id: id, openedAt: from, closesAt: closes.rawValue))
        bookings.removeFirst(max(0, bookings.count - 20))
    }

    private mutating func attempt(_ verb: String, _ body: String? = nil) {
        guard let index = bookings.indices.randomElement(using: &random) else { return }
        let booking = bookings[index]
        guard let (answer, from, to) = send("POST", "/v1/bookings/\(booking.id)/\(verb)", body, token: token) else {
            // Whether it is settled is not known.
            if verb != "reserve" { bookings.remove(at: index) }
            return
        }
        if answer.status == 200 {
            if verb != "reserve" { bookings[index].isSettled = true }
            isAlive(booking, from, to, verb)
        } else if answer.codes == ["booking_expired"] {
            hasExpired(index, to)
        }
    }

    private mutating func look() {
        guard let index = bookings.indices.randomElement(using: &random) else { return }
        let booking = bookings[index]
        guard let (answer, from, to) = send("GET", "/v1/bookings/\(booking.id)", token: token) else { return }
        switch answer.json["booking"]?["status"]?.stringValue {
        case "open": isAlive(booking, from, to, "shown as open")
        case "expired": hasExpired(index, to)
        case "confirmed"?, "cancelled"?: break
        case let other: witness.wrong.append("\(booking.id) is shown as \(other ?? "nothing"): \(answer.status)")
        }
    }

    private mutating func isAlive(_ booking: Seen, _ from: Int64, _ to: Int64, _ how: String) {
        if booking.hasExpired { witness.wrong.append("\(booking.id) had expired: \(how)") }
        if clock.shown(from: from, to: to).lowerBound >= booking.closesAt {
            witness.wrong.append("\(booking.id) should have expired: \(how)")
        }
    }

    private mutating func hasExpired(_ index: Int, _ to: Int64) {
        let booking = bookings[index]
        if !booking.hasExpired { witness.ends += 1 }
        bookings[index].hasExpired = true
        if booking.isSettled || clock.shown(from: booking.openedAt, to: to).upperBound < booking.closesAt {
            witness.wrong.append("\(booking.id) expired before its time")
        }
    }
}
