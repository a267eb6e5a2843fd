/// How many events a follower is sent at once, fewer while one that it does not take is looked for; and how often that was
/// tried alone.
package struct BatchSize: Sendable {
    /// An event that it says no to is set aside after so many attempts.
    static let mostRefusals: Int64 = 5
    /// One that it fails on, while it is well otherwise, after so many: some seconds, as each waits longer.
    package static let mostFailures: Int64 = 8
    /// Of those in a row: a follower that takes nothing in between is broken, and events wait for it.
    package static let mostInARow = 10

    private(set) var size = BookingService.eventsAtOnce
    /// How often the event that is sent alone was refused for what is in it.
    private(set) var refusals: Int64 = 0
    /// How often the follower failed on the event that is sent alone, and on nothing else.
    package private(set) var failures: Int64 = 0
    private var setAsideInARow = 0
    /// What is sent alone was tried often enough, and is not set aside all the same: somebody has to look.
    package private(set) var isStuck = false

    package init() {}

    package mutating func wasTaken() {
        goOn()
        setAsideInARow = 0
    }

    package mutating func wasSetAside() {
        goOn()
        setAsideInARow += 1
    }

    private mutating func goOn() {
        size = min(BookingService.eventsAtOnce, size * 2)
        (refusals, failures, isStuck) = (0, 0, false)
    }

    /// Too many are already.
    mutating func cannotBeSetAside() { isStuck = true }

    /// Nothing that was sent came to it.
    package mutating func wasAway() { failures = 0 }

    /// - Returns: whether it was one event alone, and often enough.
    mutating func wasRefused(_ count: Int) -> Bool {
        size = max(1, Int64(count) / 2)
        failures = 0
        if count == 1 { refusals += 1 }
        return refusals >= Self.mostRefusals
    }

    /// - Returns: whether it was one event alone, and often enough.
    package mutating func hasFailed(_ count: Int) -> Bool {
        size = max(1, Int64(count) / 2)
        refusals = 0
        if count == 1 { failures += 1 }
        guard failures >= Self.mostFailures else { return false }
        if setAsideInARow >= Self.mostInARow { isStuck = true }
        return setAsideInARow < Self.mostInARow
    }
}
