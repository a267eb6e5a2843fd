import CGLib
import Synchronization
import Time

/// A time zone of the IANA database as the system has it, over GLib, which reads the tables of changes (to 2037 on
/// Debian) and not the rule that follows them: later summers are winters.
///
/// `@unchecked Sendable`: GLib never changes a `GTimeZone` after it is made, and counts its references atomically.
public final class TimeZone: @unchecked Sendable {
    /// As the database has it, `Europe/Paris`.
    public let name: String
    private let handle: OpaquePointer

    /// Zones already read. There are some 600 names, and only real ones are kept.
    private static let known = Mutex<[String: TimeZone]>([:])

    private init(_ name: String, _ handle: OpaquePointer) {
        self.name = name
        self.handle = handle
    }

    deinit { g_time_zone_unref(handle) }

    /// Nil for a name that the database does not have.
    public static func named(_ name: String) -> TimeZone? {
        if let zone = known.withLock({ $0[name] }) { return zone }
        // GLib takes offsets and POSIX rules too, and a path for a file of the database.
        guard isName(name), let handle = g_time_zone_new_identifier(name) else { return nil }
        let zone = TimeZone(name, handle)
        known.withLock { $0[name] = zone }
        return zone
    }

    /// Seconds to add to UTC for the local time at a moment.
    public func offsetSeconds(at moment: Timestamp) -> Int64 {
        let (seconds, rest) = moment.rawValue.quotientAndRemainder(dividingBy: 1000)
        return offset(rest < 0 ? seconds - 1 : seconds)
    }

    /// The whole of a local day: 24 hours, or 23 or 25 when clocks are changed. Empty for a day that the zone left out.
    public func moments(of day: CalendarDate) -> Range<Timestamp> {
        let start = startOfDay(day.daysSinceEpoch)
        return start..<max(start, startOfDay(day.daysSinceEpoch + 1))
    }

    /// The moments at which the clocks of the zone show a date and time: one, or two when they are set back over it, or none
    /// when they are set forward over it.
    /// - Parameter local: what they show, as the moment at which clocks show it in UTC.
    public func moments(ofLocal local: Timestamp) -> [Timestamp] {
        let (seconds, day): (Int64, Int64) = (local.rawValue / 1000, 86_400)
        return Set([offset(seconds - day), offset(seconds + day)]).map { local.advanced(byMilliseconds: -$0 * 1000) }
            .filter { offsetSeconds(at: $0) * 1000 + $0.rawValue == local.rawValue }.sorted()
    }

    private func startOfDay(_ daysSinceEpoch: Int) -> Timestamp {
        let day: Int64 = 86_400
        let midnight = Int64(daysSinceEpoch) * day
        // No zone changes its clocks twice in two days: midnight has the offset of the day before or of the day after.
        let (before, after) = (offset(midnight - day), offset(midnight + day))
        let candidates = [midnight - before, midnight - after]
        // Of a midnight that comes twice the day begins at the first; one that is skipped is at the change.
        let start =
            candidates.filter { $0 + offset($0) == midnight }.min()
            ?? change(from: before, between: midnight - after, and: midnight - before)
        return Timestamp(rawValue: start * 1000)
    }

    /// The first second that has not the offset `before` any more, when the second `earlier` has and `later` has not.
    private func change(from before: Int64, between earlier: Int64, and later: Int64) -> Int64 {
        var (low, high) = (earlier, later)
        while high - low > 1 {
            let middle = low + (high - low) / 2
            if offset(middle) == before { low = middle } else { high = middle }
        }
        return high
    }

    /// - Parameter seconds: since 1970, UTC.
    private func offset(_ seconds: Int64) -> Int64 {
        Int64(g_time_zone_get_offset(handle, g_time_zone_find_interval(handle, G_TIME_TYPE_UNIVERSAL, gint64(seconds))))
    }

    /// The characters of the database's names, and none that leave its folder. What has digits elsewhere is a rule of
    /// POSIX, such as `UTC+3`, which GLib would take.
    private static func isName(_ name: String) -> Bool {
        let mayHaveDigits = name.hasPrefix("Etc/") || ["EST5EDT", "CST6CDT", "MST7MDT", "PST8PDT"].contains(name)
        return name.utf8.first.map(isLetter) == true
            && name.utf8.allSatisfy {
                isLetter($0) || "/_-".utf8.contains($0) || mayHaveDigits && "0123456789+".utf8.contains($0)
            }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
