import Glibc
import JSON
import TestSupport

/// Does one thing after the other, each until it is decided, and notes what it was told.
final class Customer {
    static let password = "correct horse battery"

    private(set) var witness: Witness
    private let number: Int
    private let signsUp: Bool
    private let connection: HTTPConnection
    private let token: String
    private var random: SeededGenerator
    private var acts = 0

    /// - Parameter signsUp: whether it does nothing but sign people up: that costs a hash each, and would leave the
    ///   others time for nothing else.
    init(_ number: Int, signsUp: Bool, of stack: Stack, seed: UInt64) {
        self.number = number
        self.signsUp = signsUp
        let user = 700_000 + Int64(number)
        witness = Witness(user: user)
        connection = stack.connection()
        token = stack.token(user: user)
        random = SeededGenerator(seed: seed)
    }

    func act() {
        acts += 1
        if signsUp { return signUp() }
        switch Int.random(in: 0..<10, using: &random) {
        case 0, 1: open()
        case 2, 3, 4: reserve()
        case 5: settle("confirm", \.confirmedAt, "confirmed_at")
        case 6: settle("cancel", \.cancelledAt, "cancelled_at")
        case 7: rate()
        default: track()
        }
    }

    /// Sends until it is decided, and takes the answer if its status is one of those.
    private func decide(_ target: String, _ statuses: Int..., body: String? = nil) -> JSONValue? {
        do {
            let answer = try connection.decide(target, token: token, key: "\(acts)", body: body) { noted($0) }
            witness.answers += 1
            if statuses.contains(answer.status) { return answer.json }
            witness.unexpected.append("\(target): \(answer.status) \(answer.codes)")
        } catch {
            witness.unexpected.append("\(target): \(error)")
        }
        return nil
    }

    private func noted(_ answer: Answer?) {
        witness.interruptions[answer?.status ?? 0, default: 0] += 1
        guard let answer, answer.status != 409 else { return }
        if answer.codes.count != 1 || answer.header("retry-after") == nil {
            witness.unexpected.append("\(answer.status) without a code, or a time to come back")
        }
    }

    // MARK: What it does

    private func open() {
        let session = StackSession.id(Int.random(in: 1...3, using: &random))
        guard let booking = decide("/v1/sessions/\(session)/book", 201)?["booking"] else { return }
        guard let id = booking["id"]?.stringValue, witness.bookings.updateValue(SeenBooking(), forKey: id) == nil else {
            return witness.unexpected.append("a booking without an id of its own")
        }
    }

    /// One of its open bookings.
    private func openBooking() -> String? {
        witness.bookings.filter { $1.status == "open" }.keys.sorted().randomElement(using: &random)
    }

    private func reserve() {
        guard let id = openBooking() else { return open() }
        let seats = Int64.random(in: 1...6, using: &random)
        let answer = decide("/v1/bookings/\(id)/reserve", 200, 409, body: #"{"seats":\#(seats)}"#)
        // Otherwise there were too few left, and it keeps what it had.
        if let kept = answer?["booking"]?["reserved_seats"]?.integerValue { witness.bookings[id]?.seats = kept }
    }

    private func settle(_ verb: String, _ moment: WritableKeyPath<SeenBooking, String?>, _ field: String) {
        guard let id = openBooking() else { return open() }
        let isEmpty = witness.bookings[id]?.seats == 0
        let answer = decide("/v1/bookings/\(id)/\(verb)", isEmpty && verb == "confirm" ? 409 : 200)
        if let settled = answer?["booking"]?[field]?.stringValue { witness.bookings[id]?[keyPath: moment] = settled }
    }

    private func rate() {
        let value = Double(Int.random(in: 0...10, using: &random)) / 2
        let answer = decide("/v1/movies/\(StackSession.movie)/rate", 200, 201, body: #"{"value":\#(value)}"#)
        guard let id = answer?["rating"]?["id"]?.stringValue else { return }
        if let known = witness.rating?.id, known != id { witness.unexpected.append("rated twice: \(known) and \(id)") }
        witness.rating = (id, value)
    }

    private func track() {
        let id = "\(number)-\(acts)"
        let page = #"{"scheme":"https","path":"/","query":{}}"#
        let event = #"{"tracking_id":"\#(id)","type":"page_enter","page":\#(page)}"#
        if decide("/v1/analytics/track", 204, body: event) != nil { witness.events.append(id) }
    }

    /// Signing up knows no key: sent again, it may find that the first attempt has worked.
    private func signUp() {
        let email = "customer-\(number)-\(acts)@crash.example"
        let person = #"{"email":"\#(email)","password":"\#(Self.password)"}"#
        for _ in 0..<600 {
            let answer = try? connection.send("POST", "/v1/auth/signup", body: person)
            if let answer, !answer.asksToComeBack {
                witness.answers += 1
                guard answer.status == 201 || answer.codes == ["email_taken"] else {
                    return witness.unexpected.append("sign-up: \(answer.status) \(answer.codes)")
                }
                return witness.accounts.append(email)
            }
            noted(answer)
            usleep(100_000)
        }
        witness.unexpected.append("\(email) could not be signed up in a minute")
    }
}
