/// What Stripe counts money in: ISO 4217's smallest unit, but for some currencies (docs.stripe.com, "Supported
/// currencies", "Special cases" and "Zero-decimal currencies"). Of three decimals it takes those that end in 0, and refuses
/// the others itself.
enum StripeUnits {
    /// Without decimals, and asked for in hundredths all the same.
    private static let inHundredths: Set<String> = ["ISK", "UGX"]
    /// With two decimals by ISO 4217, and none at Stripe.
    private static let withoutDecimals: Set<String> = ["MGA"]

    /// - Returns: nil for an amount that Stripe has no number for.
    static func asked(_ amount: Int64, _ currency: String) -> Int64? {
        if inHundredths.contains(currency) { return times100(amount) }
        return withoutDecimals.contains(currency) ? divided(amount) : amount
    }

    /// - Returns: nil for an amount that there is not in the currency.
    static func told(_ amount: Int64, _ currency: String) -> Int64? {
        if inHundredths.contains(currency) { return divided(amount) }
        return withoutDecimals.contains(currency) ? times100(amount) : amount
    }

    private static func times100(_ amount: Int64) -> Int64? {
        let (product, overflow) = amount.multipliedReportingOverflow(by: 100)
        return overflow ? nil : product
    }

    private static func divided(_ amount: Int64) -> Int64? { amount.isMultiple(of: 100) ? amount / 100 : nil }
}
