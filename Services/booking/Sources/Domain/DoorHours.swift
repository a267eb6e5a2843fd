import Time

/// From when to when a ticket of a session is good: half-open.
package struct DoorHours: Equatable, Sendable {
    package let opens: Timestamp
    package let closes: Timestamp

    /// Who comes when the film is over finds the door open for another hour, for whatever ran late.
    private static let afterEndMinutes: Int64 = 60
    /// Instead of the film's end, where its duration is unknown.
    private static let unknownMinutes: Int64 = 360

    package init(startsAt: Timestamp, durationMinutes: Int64?, opensMinutesBefore: Int64) {
        opens = startsAt.advanced(byMilliseconds: -opensMinutesBefore * 60_000)
        let open = durationMinutes.map { $0 + Self.afterEndMinutes } ?? Self.unknownMinutes
        closes = startsAt.advanced(byMilliseconds: open * 60_000)
    }
}
