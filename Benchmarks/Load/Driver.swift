import CEvent
import Glibc
import JSON

/// Runs every client's work for a while, and counts.
///
/// Closed loop: each client begins its next round as soon as the last one ended. Open loop (`--rate`, rounds a second):
/// rounds begin at intended times, evenly spaced, whatever the answers do; the first step's latency counts from there,
/// so that a stall is charged for all it delayed. A round that finds no client free is late, or with `--give-up 1` never
/// begun: its client has turned away. With `--patience-milliseconds` a round that took longer than that, from its
/// intended start, was for nobody: it is not counted as completed.
final class Driver {
    let base: OpaquePointer
    let address: sockaddr_in
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    private let journeys: [Journey]
    /// Of each journey's steps, which tally counts them: those of one name are counted together.
    private let tallied: [[Int]]
    private let names: [String]
    private let interval: UInt64
    private let givesUp: Bool
    private let patience: UInt64
    private let begin: UInt64
    private var end: UInt64
    private var clients: [Client] = []
    private var idle: [Client] = []
    /// Clients that wait for an answer.
    private var busy = 0
    /// Clients that were told to come back, and when they do: the first first.
    private var away: [(client: Client, back: UInt64)] = []
    private var isOver = false
    private var nextIntended: UInt64
    private var rounds = 0
    private var completed = 0
    private var givenUp = 0
    private var tooLate = 0
    /// Seats, from the first round on, and when 99 in 100 were; once the capacity is reached, it is over.
    private var sold = 0
    private let capacity: Int
    private var (lastSale, mostSold): (UInt64, UInt64) = (0, 0)
    private var tallies: [Tally]
    /// Whole rounds, from their intended start.
    private var wholes = Tally()
    private var failure: Failure?
    private var timer: OpaquePointer?

    init(_ options: Options) throws {
        // Without it timers are as coarse as the latencies that are measured.
        let configuration = event_config_new()
        event_config_set_flag(configuration, Int32(EVENT_BASE_FLAG_PRECISE_TIMER.rawValue))
        guard let base = event_base_new_with_config(configuration) else { throw Failure("no event base") }
        event_config_free(configuration)
        self.base = base
        address = try options.address()
        let count = try options.number("clients", default: 64)
        let journeys = try options.journeys(clients: count)
        self.journeys = journeys
        var names: [String] = []
        tallied = journeys.map { journey in
            journey.steps.map { step in
                if let known = names.firstIndex(of: step.name) { return known }
                names.append(step.name)
                return names.count - 1
            }
        }
        self.names = names
        tallies = Array(repeating: Tally(), count: names.count)
        capacity = try options.number("capacity", default: 0)
        let rate = try options.number("rate", default: 0)
        interval = rate > 0 ? 1_000_000_000 / UInt64(rate) : 0
        givesUp = try options.number("give-up", default: 0) > 0
        patience = UInt64(try options.number("patience-milliseconds", default: 1 << 32)) * 1_000_000
        // What is answered before `begin` is not counted: caches fill, connections are accepted.
        let start = nanoseconds() + UInt64(count) * 100_000
        begin = start + UInt64(try options.number("warm-up-milliseconds", default: 300)) * 1_000_000
        end = begin + UInt64(try options.number("milliseconds", default: 5000)) * 1_000_000
        nextIntended = start
        for number in 0..<count { clients.append(try Client(number, self)) }
    }

    deinit {
        event_base_free(base)
        chunk.deallocate()
    }

    /// The counts as one JSON object.
    func run() -> String {
        let context = Unmanaged.passUnretained(self).toOpaque()
        timer = event_new(
            base, -1, 0,
            { _, _, context in
                guard let context else { return }
                Unmanaged<Driver>.fromOpaque(context).takeUnretainedValue().timeHasCome()
            }, context)
        let returns = event_new(
            base, -1, Int16(EV_PERSIST),
            { _, _, context in
                guard let context else { return }
                Unmanaged<Driver>.fromOpaque(context).takeUnretainedValue().letBack()
            }, context)
        var often = timeval(tv_sec: 0, tv_usec: 20_000)
        event_add(returns, &often)
        idle = clients.reversed()
        if interval == 0 { while let client = idle.popLast() { start(client, at: nanoseconds()) } }
        timeHasCome()
        event_base_dispatch(base)
        event_free(timer)
        event_free(returns)
        return report()
    }

    func fail(_ failure: Failure) {
        self.failure = failure
        event_base_loopbreak(base)
    }

    /// For answers that are still to come when time is up.
    private static let grace: UInt64 = 20_000_000_000
    /// Without a sale, what is left was sold to somebody whose answer was lost.
    private static let longestWithoutSale: UInt64 = 10_000_000_000

    /// Starts what is due, and sleeps until the next round is, or the end.
    private func timeHasCome() {
        let now = nanoseconds()
        guard now < end else { return finish(now) }
        startDue(now)
        // With no client free, the next answer starts what is late.
        wake(at: interval == 0 || idle.isEmpty ? end : min(end, max(now, nextIntended)), now)
    }

    /// Waits for what is still under way.
    private func finish(_ now: UInt64) {
        if busy == 0 || now >= end + Self.grace {
            event_base_loopbreak(base)
        } else if !isOver {
            isOver = true
            wake(at: end + Self.grace, now)
        }
    }

    private func wake(at next: UInt64, _ now: UInt64) {
        var wait = timeval(tv_sec: Int((next - now) / 1_000_000_000), tv_usec: Int((next - now) % 1_000_000_000 / 1000))
        event_add(timer, &wait)
    }

    private func startDue(_ now: UInt64) {
        guard interval > 0 else { return }
        while nextIntended <= now, let client = idle.popLast() {
            start(client, at: nextIntended)
            nextIntended += interval
        }
        guard givesUp, nextIntended <= now else { return }
        let missed = (now - nextIntended) / interval + 1
        nextIntended += missed * interval
        if now >= begin { givenUp += Int(missed) }
    }

    private func start(_ client: Client, at intended: UInt64) {
        client.journey = journeys.choice(rounds)
        client.step = 0
        client.id = ""
        client.round = rounds
        rounds += 1
        client.since = intended
        client.intended = intended
        busy += 1
        ask(client)
    }

    private func ask(_ client: Client) {
        let step = journeys[client.journey].steps[client.step]
        client.send(step.request(client.number, client.round, client.id))
    }

    func received(_ outcome: Outcome, by client: Client) {
        let now = nanoseconds()
        let steps = journeys[client.journey].steps
        let step = steps[client.step]
        let isGood = outcome.status == step.status
        let isCounted = now >= begin && now < end
        if isCounted {
            let latency = isGood ? (now - client.since) / 1000 : nil
            tallies[tallied[client.journey][client.step]].count(
                outcome, isPartOfLife: isGood || outcome.status == step.refusal, microseconds: latency)
        }
        if isGood, let sells = step.sells { sell(sells(client.round), now) }
        if capacity > 0, lastSale > 0, now > lastSale + Self.longestWithoutSale { end = min(end, now) }
        if step.comesBack, now < end, outcome.status == 503 || outcome.status == 504 {
            return away.append((client, now + 1_000_000_000))
        }
        guard isGood, client.step + 1 < steps.count, now < end else {
            busy -= 1
            if isCounted, isGood, client.step + 1 == steps.count { complete(client, outcome, at: now) }
            if interval == 0, now < end { return start(client, at: now) }
            idle.append(client)
            return timeHasCome()
        }
        client.step += 1
        client.since = now
        ask(client)
    }

    /// Every few milliseconds.
    private func letBack() {
        let now = nanoseconds()
        let due = away.prefix { $0.back <= now || now >= end }
        away.removeFirst(due.count)
        for (client, _) in due where now < end { ask(client) }
        guard now >= end, !due.isEmpty else { return }
        busy -= due.count
        timeHasCome()
    }

    private func sell(_ seats: Int, _ now: UInt64) {
        sold += seats
        lastSale = now
        if mostSold == 0, sold * 100 >= capacity * 99 { mostSold = now }
        if capacity > 0, sold >= capacity { end = min(end, now) }
    }

    private func complete(_ client: Client, _ outcome: Outcome, at now: UInt64) {
        let time = now - client.intended
        if time <= patience { completed += 1 } else { tooLate += 1 }
        wholes.count(outcome, isPartOfLife: true, microseconds: time / 1000)
    }

    private func report() -> String {
        var json = JSONWriter()
        json.object { json in
            json.field("error", failure?.description)
            json.field("seconds", Double(end - begin) / 1e9)
            json.field("completed", completed)
            json.field("per_second", Double(completed) / (Double(end - begin) / 1e9))
            // Open loop: rounds that were due and found no client free.
            json.field("late", interval == 0 || nextIntended >= end ? 0 : Int((end - nextIntended) / interval))
            json.field("given_up", givenUp)
            json.field("too_late", tooLate)
            json.field("started", rounds)
            json.field("sold", sold)
            json.field("most_sold_after", mostSold < begin ? 0 : Double(mostSold - begin) / 1e9)
            // Nothing had come back for them, long after the end.
            json.field("unanswered", busy)
            json.field(named: "rounds", wholes)
            json.object("steps") { json in
                for (name, tally) in zip(names, tallies) { json.field(named: name, tally) }
            }
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
