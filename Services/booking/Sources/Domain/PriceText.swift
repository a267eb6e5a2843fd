import Money

extension TicketPrice {
    /// As people write it: `12,50 €`, `€12.50`, `12,50 CHF`, `CHF 12.50`.
    package func spelled(_ language: Language) -> String { spelledAmount(amount, currency, language) }
}

/// - Parameter amount: in the currency's smallest unit.
package func spelledAmount(_ amount: Int64, _ currency: String, _ language: Language) -> String {
    let digits = Currency(currency)?.decimals ?? 2
    var number = String(amount)
    if digits > 0 {
        number = String(repeating: "0", count: max(0, digits + 1 - number.count)) + number
        let point = number.index(number.endIndex, offsetBy: -digits)
        number.insert(language == .french ? "," : ".", at: point)
    }
    let sign = signs[currency]
    return switch language {
    case .french: "\(number)\u{A0}\(sign ?? currency)"
    case .english: sign.map { "\($0)\(number)" } ?? "\(currency)\u{A0}\(number)"
    }
}

private let signs = ["EUR": "€", "GBP": "£", "JPY": "¥", "USD": "$"]
