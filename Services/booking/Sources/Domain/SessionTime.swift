import Time
import TimeZone

extension Timestamp {
    /// The date and time that clocks at a place show, in words: `vendredi 20 novembre 2026 à 20 h 30`, `Friday 20 November
    /// 2026 at 20:30`. Where clocks show it twice, because they are set back over it, the offset follows: `(UTC+2)`.
    package func spelled(in zone: String, _ language: Language) -> String {
        let known = TimeZone.named(zone)
        let offset = known?.offsetSeconds(at: self) ?? 0
        let local = advanced(byMilliseconds: offset * 1000)
        let minutes = floorDivided(local.rawValue, by: 60_000)
        let days = floorDivided(minutes, by: 1440)
        guard let day = Int(exactly: days), let date = CalendarDate(daysSinceEpoch: day) else { return rfc3339 }
        let minuteOfDay = minutes - days * 1440
        // A zone that the system does not have is as good as none, and said to be.
        let isPlain = known.map { $0.moments(ofLocal: local).count < 2 } ?? false
        return [
            date.spelled(language), language == .french ? "à" : "at", spelledTime(minuteOfDay, language),
            isPlain ? nil : "(UTC\(spelledOffset(offset)))",
        ].compactMap { $0 }.joined(separator: " ")
    }
}

extension CalendarDate {
    fileprivate func spelled(_ language: Language) -> String {
        // The first of January 1970 was a Thursday.
        let weekday = ((daysSinceEpoch + 3) % 7 + 7) % 7
        return switch language {
        case .french: "\(frenchDays[weekday]) \(day == 1 ? "1er" : "\(day)") \(frenchMonths[month - 1]) \(year)"
        case .english: "\(englishDays[weekday]) \(day) \(englishMonths[month - 1]) \(year)"
        }
    }
}

/// No line ends within a French one.
private func spelledTime(_ minuteOfDay: Int64, _ language: Language) -> String {
    let (hour, minute) = (minuteOfDay / 60, minuteOfDay % 60)
    return switch language {
    case .french: "\(hour)\u{A0}h\u{A0}\(twoDigits(minute))"
    case .english: "\(twoDigits(hour)):\(twoDigits(minute))"
    }
}

private func spelledOffset(_ seconds: Int64) -> String {
    guard seconds != 0 else { return "" }
    let minutes = abs(seconds) / 60
    let rest = minutes % 60
    return (seconds < 0 ? "-" : "+") + "\(minutes / 60)" + (rest == 0 ? "" : ":\(twoDigits(rest))")
}

private func twoDigits(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }

private func floorDivided(_ number: Int64, by divisor: Int64) -> Int64 {
    let (quotient, rest) = number.quotientAndRemainder(dividingBy: divisor)
    return rest < 0 ? quotient - 1 : quotient
}

private let frenchDays = ["lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"]
private let frenchMonths = [
    "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août", "septembre", "octobre", "novembre",
    "décembre",
]
private let englishDays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
private let englishMonths = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
]
