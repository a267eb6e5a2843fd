/// A language that tickets and mails are written in.
package enum Language: String, CaseIterable, Sendable {
    case french = "fr"
    case english = "en"

    /// For whom nothing is known of.
    package static let usual = french

    /// What somebody likes best of what there is, by `Accept-Language` (RFC 9110, 12.5.4): the highest weight, the first
    /// of equal ones. A region makes no difference.
    /// - Returns: nil where neither is accepted.
    package init?(accepting header: String) {
        var best: (language: Language, weight: Int)?
        for range in header.split(separator: ",") {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
            let tag = parts.first?.prefix { $0 != "-" } ?? ""
            guard let language = tag == "*" ? .usual : Language(rawValue: String(tag)) else { continue }
            let weight = parts.dropFirst().first { $0.hasPrefix("q=") }.map(Self.thousandths) ?? 1000
            if weight > best?.weight ?? 0 { best = (language, weight) }
        }
        guard let best else { return nil }
        self = best.language
    }

    /// `q=0.8` is 800; what is no weight is as good as none.
    private static func thousandths(_ weight: String) -> Int {
        guard let value = Double(weight.dropFirst(2)), (0...1).contains(value) else { return 0 }
        return Int(value * 1000)
    }
}
