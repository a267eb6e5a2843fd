import Time
import TimeZone

extension Timestamp {
    /// As somebody at a place reads it, to the second, with the offset that tells apart the hour which comes twice:
    /// `2026-10-25 at 02:30:00 (UTC+02:00)`.
    func described(in zone: String) -> String {
        // A zone that the system does not have is as good as none.
        let offset = TimeZone.named(zone)?.offsetSeconds(at: self) ?? 0
        let local = advanced(byMilliseconds: offset * 1000).rfc3339
        let minutes = abs(offset) / 60
        let sign = offset < 0 ? "-" : "+"
        return "\(local.prefix(10)) at \(local.dropFirst(11).prefix(8)) "
            + "(UTC\(sign)\(twoDigits(minutes / 60)):\(twoDigits(minutes % 60)))"
    }
}

private func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
