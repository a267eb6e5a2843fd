import Glibc

/// The `Date` field (RFC 9110, section 5.6.7), written once a second. Belongs to one loop.
final class HTTPDate {
    private var second = time_t(-1)
    private var text = ""

    func now() -> String {
        let second = time(nil)
        if second != self.second {
            self.second = second
            text = Self.format(second)
        }
        return text
    }

    /// The locale has no say in it, which strftime would let it have.
    static func format(_ second: time_t) -> String {
        var second = second
        var parts = tm()
        gmtime_r(&second, &parts)
        let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        let clock = [parts.tm_hour, parts.tm_min, parts.tm_sec].map { pad($0) }.joined(separator: ":")
        return "\(days[Int(parts.tm_wday)]), \(pad(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
            + "\(parts.tm_year + 1900) \(clock) GMT"
    }

    private static func pad(_ number: Int32) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
