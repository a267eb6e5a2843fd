extension TicketPrice {
    /// As people write it: `12,50 €`, `€12.50`, `12,50 CHF`, `CHF 12.50`.
    package func spelled(_ language: Language) -> String { spelledAmount(amount, currency, language) }
}

/// - Parameter amount: in the currency's smallest unit.
package func spelledAmount(_ amount: Int64, _ currency: String, _ language: Language) -> String {
    let digits = decimals[currency] ?? 2
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

/// ISO 4217's currencies whose smallest unit is not a hundredth.
private let decimals: [String: Int] = [
    "BIF": 0, "CLP": 0, "DJF": 0, "GNF": 0, "ISK": 0, "JPY": 0, "KMF": 0, "KRW": 0, "PYG": 0, "RWF": 0, "UGX": 0,
    "UYI": 0, "VND": 0, "VUV": 0, "XAF": 0, "XOF": 0, "XPF": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "LYD": 3,
    "OMR": 3, "TND": 3, "CLF": 4, "UYW": 4,
]
