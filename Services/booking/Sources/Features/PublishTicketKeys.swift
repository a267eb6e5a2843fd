import Auth
import EventLoop
import JSON
import Lifecycle
import Telemetry
import Time

extension BookingService {
    private static let lookMilliseconds: Int64 = 60_000
    /// Identity forgets a key that is not told again.
    private static let publishMilliseconds: Int64 = 3_600_000
    private static let firstBackoffMilliseconds: Int64 = 250
    private static let longestBackoffMilliseconds: Int64 = 30_000

    /// `booking rotate-ticket-key`: the next key for tickets' codes. A service that runs on the same database has it
    /// published within a minute, and signs with it from its moment on.
    static let rotateTicketKey = Command("rotate-ticket-key", []) { _, context in
        "The new key signs from \(try await TicketKeys(context).rotate().rfc3339) on."
    }

    /// Has identity publish the keys of tickets: at the start, when there is a new one, and every hour. Nothing waits
    /// for it: the door of this service has them all.
    func publishTicketKeys() async {
        var (published, at) = (KeySet([]), Timestamp(rawValue: .min))
        var failures = 0
        while !Task.isCancelled {
            var pause = Self.lookMilliseconds
            do {
                try await ticketKeys.tend()
                let (keys, now) = (try ticketKeys.published(), clock.now())
                if keys != published || at.advanced(byMilliseconds: Self.publishMilliseconds) <= now {
                    for (_, key) in keys.keys { try await identity.publish(key) }
                    (published, at) = (keys, now)
                }
                failures = 0
            } catch {
                if failures == 0 { log.warning("ticket_keys_not_published", [("reason", .string("\(error)"))]) }
                let limit = min(Self.longestBackoffMilliseconds, Self.firstBackoffMilliseconds << min(failures, 10))
                pause = Int64.random(in: 1...limit)
                failures += 1
            }
            if (try? await loop.sleep(milliseconds: pause)) == nil { return }
        }
    }
}
