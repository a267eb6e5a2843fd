import CEvent
import Glibc
import JSON

/// Runs every client's work for a while, and counts.
///
/// Closed loop: each client begins its next round as soon as the last one ended. Open loop (`--rate`, rounds a second):
/// rounds begin at intended times, of chance (`--seed`), whatever the answers do; the first step's latency counts from
/// there, so that a stall is charged for all it delayed. Whatever was to begin before the end is begun, and awaited,
/// after the end too. A round that finds no client free is late, or with `--give-up 1` never begun: its client has
/// turned away. With `--patience-milliseconds` a round that took longer than that, from its intended start, was for
/// nobody: it is not counted as completed.
final class Driver {
    let base: OpaquePointer
    let address: sockaddr_in
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
    private let journeys: [Journey]
    private let givesUp: Bool
    /// Nil in closed loop.
    private var arrivals: Arrivals?
    private var clients: [Client] = []
    private var idle: [Client] = []
    /// Clients that wait for an answer.
    private var busy = 0
    /// Clients that were told to come back, and when they do: the first first.
    private var away: [(client: Client, back: UInt64)] = []
    /// Seats, from the first round on, and when 99 in 100 were; once the capacity is reached, it is over.
    private var sold = 0
    private let capacity: Int
    private var (lastSale, mostSold): (UInt64, UInt64) = (0, 0)
    private var isSaleOver = false
    private var counts: Counts
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
        journeys = try options.journeys(clients: count)
        capacity = try options.number("capacity", default: 0)
        givesUp = try options.number("give-up", default: 0) > 0
        let begin = UInt64(try options.number("warm-up-milliseconds", default: 300)) * 1_000_000
        let rate = try options.number("rate", default: 0)
        let seed = try options.number("seed", default: 1)
        arrivals = rate > 0 ? Arrivals(rate: rate, seed: seed) : nil
        counts = Counts(
            of: journeys, from: begin,
            to: begin + UInt64(try options.number("milliseconds", default: 5000)) * 1_000_000, isOpen: rate > 0,
            patience: UInt64(try options.number("patience-milliseconds", default: 1 << 32)) * 1_000_000)
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
        // Only now: to connect takes longer, the more clients there are.
        let now = nanoseconds()
        counts.begin(at: now)
        arrivals?.begin(at: now)
        if arrivals == nil {
            while let client = idle.popLast() { start(client, at: nanoseconds(), now) }
        }
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

    /// Whether whoever has begun goes on, and who was told to come back does.
    private func goesOn(at now: UInt64) -> Bool {
        !isSaleOver && now < counts.end + (arrivals == nil ? 0 : Self.grace)
    }

    /// Starts what is due, and sleeps until the next round is, or the end.
    private func timeHasCome() {
        let now = nanoseconds()
        startDue(now)
        guard now < counts.end else { return finish(now) }
        // With no client free, the next answer starts what is late.
        let next = idle.isEmpty ? nil : arrivals?.next
        wake(at: next.map { min(counts.end, max(now, $0)) } ?? counts.end, now)
    }

    /// Waits for what is still under way.
    private func finish(_ now: UInt64) {
        let last = counts.end + Self.grace
        if busy == 0 || now >= last {
            charge(now)
            event_base_loopbreak(base)
        } else {
            wake(at: last, now)
        }
    }

    private func wake(at next: UInt64, _ now: UInt64) {
        var wait = timeval(tv_sec: Int((next - now) / 1_000_000_000), tv_usec: Int((next - now) % 1_000_000_000 / 1000))
        event_add(timer, &wait)
    }

    private func startDue(_ now: UInt64) {
        while let intended = due(now), let client = idle.popLast() {
            _ = arrivals?.take()
            start(client, at: intended, now)
        }
        while givesUp, let intended = due(now) {
            _ = arrivals?.take()
            counts.giveUp(at: intended)
        }
    }

    /// When the next round was to begin, if that has come.
    private func due(_ now: UInt64) -> UInt64? {
        guard let next = arrivals?.next, next <= now, next < counts.end, goesOn(at: now) else { return nil }
        return next
    }

    private func start(_ client: Client, at intended: UInt64, _ now: UInt64) {
        client.round = counts.started
        client.journey = journeys.choice(client.round)
        client.step = 0
        client.id = ""
        client.since = intended
        client.intended = intended
        busy += 1
        counts.start(at: intended, now)
        ask(client)
    }

    private func ask(_ client: Client) {
        let step = journeys[client.journey].steps[client.step]
        client.send(step.request(client.number, client.round, client.id))
    }

    func received(_ outcome: Outcome, by client: Client) {
        let now = nanoseconds()
        let journey = journeys[client.journey]
        let step = journey.steps[client.step]
        counts.count(outcome, to: client, at: now)
        if outcome.status == step.status, let sells = step.sells { sell(sells(client.round), now) }
        if capacity > 0, lastSale > 0, now > lastSale + Self.longestWithoutSale { endSale(now) }
        if step.comesBack, goesOn(at: now), outcome.status == 503 || outcome.status == 504 {
            return away.append((client, now + 1_000_000_000))
        }
        guard goesOn(at: now), let next = journey.step(after: client.step, answered: outcome.status) else {
            busy -= 1
            if arrivals == nil, goesOn(at: now) { return start(client, at: now, now) }
            idle.append(client)
            return timeHasCome()
        }
        client.step = next
        client.since = now
        ask(client)
    }

    /// Every few milliseconds.
    private func letBack() {
        let now = nanoseconds()
        let isOver = !goesOn(at: now)
        let due = away.prefix { $0.back <= now || isOver }
        away.removeFirst(due.count)
        guard isOver else { return due.forEach { ask($0.client) } }
        guard !due.isEmpty else { return }
        busy -= due.count
        timeHasCome()
    }

    private func sell(_ seats: Int, _ now: UInt64) {
        sold += seats
        lastSale = now
        if mostSold == 0, sold * 100 >= capacity * 99 { mostSold = now }
        if capacity > 0, sold >= capacity { endSale(now) }
    }

    private func endSale(_ now: UInt64) {
        isSaleOver = true
        counts.end = min(counts.end, now)
    }

    /// What has not come to its end. What a sale has left over is no matter.
    private func charge(_ now: UInt64) {
        guard !isSaleOver else { return }
        let free = Set(idle.map(\.number))
        for client in clients where !free.contains(client.number) { counts.charge(client, at: now) }
        var round = counts.started
        while let intended = arrivals?.next, intended < counts.end {
            _ = arrivals?.take()
            counts.chargeUnbegun(journeys.choice(round), at: intended, now)
            round += 1
        }
    }

    private func report() -> String {
        var json = JSONWriter()
        json.object { json in
            json.field("error", failure?.description)
            counts.write(members: &json)
            json.field("sold", sold)
            json.field("most_sold_after", mostSold < counts.begin ? 0 : Double(mostSold - counts.begin) / 1e9)
            // Nothing had come back for them, long after the end.
            json.field("unanswered", busy)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }
}
