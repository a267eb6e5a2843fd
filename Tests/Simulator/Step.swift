/// One thing that happens. It says all that there is to say about itself, so that any other may be left out before it.
struct Step: Sendable, CustomStringConvertible {
    enum Kind: Sendable {
        /// Requests and work that meet, in this order.
        case together([Errand], Circumstances)
        case time(TimeStep)
        /// The process ends while nothing is under way, and begins again.
        case restart
    }

    let kind: Kind
}

/// A person in front of a screen, or somebody of the staff: what they did last is known by their number.
struct Ask: Sendable {
    enum Act: Sendable {
        case open(session: Int)
        case reserve(Int)
        /// Seats by their place in the room's plan; one beyond it is in no room.
        case pick([Int])
        case confirm
        case cancel
        case cancelByStaff
        /// All of a booking, or so many tickets of it.
        case refund(Int?)
        case show
        /// The last request once more, to the letter.
        case again
    }

    let hand: Int
    let act: Act
    /// Which of the hand's bookings, counted from the last.
    var back = 0
    /// The `Idempotency-Key`, of few, so that they meet.
    var key: Int?
    /// Somebody else asks for it.
    var isStranger = false

    func reserving(_ count: Int) -> Ask {
        Ask(hand: hand, act: .reserve(count), back: back, key: key, isStranger: isStranger)
    }
}

enum Errand: Sendable {
    case ask(Ask)
    case seats(session: Int)
    case allocate(session: Int, Int)
    case price(session: Int, Int64)
    /// To so many minutes after the world began.
    case move(session: Int, Int64)
    case close(session: Int)
    /// What is done beside requests.
    case relay(follower: Int, Inbox.Mood)
    case tidy
    case noteMails
}

/// What happens to those who meet.
struct Circumstances: Sendable {
    enum Delay: Sendable {
        case none
        case by(Int64)
        /// Until so many milliseconds before or after the hand's last booking closes.
        case toClosing(hand: Int, Int64)
    }

    enum Trouble: Sendable {
        case none
        /// The process ends before the statement of that number.
        case crash(before: Int)
        /// The process ends after the commit of that number, before anybody is answered.
        case crashAfter(commit: Int)
        case failure(of: Int, Failure)
        /// The commit of that number is done, and seems to have failed.
        case commitUnheard(Int)
        /// Everything is done and answered, and no answer arrives.
        case answersLost
    }

    enum Failure: String, CaseIterable, Sendable { case busy, full, fullEndingAll, io, ioEndingAll, memory }

    /// Between what is read first and the write.
    var delay = Delay.none
    /// Writes in one transaction.
    var batch = 256
    var trouble = Trouble.none
}

enum TimeStep: Sendable {
    case by(Int64)
    case toClosing(hand: Int, Int64)
    case toStart(session: Int, Int64)
}

extension Step {
    var description: String {
        switch kind {
        case .together(let errands, let circumstances):
            "\(errands.map { "\($0)" }.joined(separator: " + "))\(circumstances)"
        case .time(let step): "time \(step)"
        case .restart: "restart"
        }
    }
}

extension Errand: CustomStringConvertible {
    var description: String {
        switch self {
        case .ask(let ask): "\(ask)"
        case .seats(let session): "seats of s\(session)"
        case .allocate(let session, let count): "allocate \(count) of s\(session)"
        case .price(let session, let price): "price s\(session) at \(price)"
        case .move(let session, let minutes): "move s\(session) to minute \(minutes)"
        case .close(let session): "close s\(session)"
        case .relay(let follower, let mood): "tell follower \(follower), who \(mood)"
        case .tidy: "tidy"
        case .noteMails: "note mails"
        }
    }
}

extension Ask: CustomStringConvertible {
    var description: String {
        let what =
            switch act {
            case .open(let session): "opens s\(session)"
            case .reserve(let count): "reserves \(count)"
            case .pick(let seats): "picks \(seats)"
            case .refund(let count): "is refunded \(count.map { "\($0) tickets" } ?? "all")"
            default: "\(act)"
            }
        return "h\(hand)\(isStranger ? "'s stranger" : "") \(what)\(back > 0 ? " (\(back) back)" : "")"
            + (key.map { " key \($0)" } ?? "")
    }
}

extension Circumstances: CustomStringConvertible {
    var description: String {
        var parts: [String] = []
        switch delay {
        case .none: break
        case .by(let milliseconds): parts.append("written \(milliseconds) ms later")
        case .toClosing(let hand, let offset): parts.append("written \(offset) ms from h\(hand)'s closing")
        }
        if batch < 256 { parts.append("batches of \(batch)") }
        switch trouble {
        case .none: break
        case .crash(let statement): parts.append("crash before statement \(statement)")
        case .crashAfter(let commit): parts.append("crash after commit \(commit)")
        case .failure(let statement, let failure): parts.append("statement \(statement) fails: \(failure)")
        case .commitUnheard(let commit): parts.append("commit \(commit) is done and seems to have failed")
        case .answersLost: parts.append("answers lost")
        }
        return parts.isEmpty ? "" : " [\(parts.joined(separator: ", "))]"
    }
}
