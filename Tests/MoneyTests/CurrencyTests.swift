import Money
import Testing

@Suite struct CurrencyTests {
    @Test(
        "a currency has the decimals that ISO 4217 gives it",
        arguments: [("EUR", 2), ("JPY", 0), ("ISK", 0), ("UGX", 0), ("KWD", 3), ("TND", 3), ("ZWG", 2), ("AED", 2)])
    func decimals(code: String, decimals: Int) {
        #expect(Currency(code)?.decimals == decimals)
    }

    @Test(
        "what is no currency, or is none any more, is nil",
        arguments: ["", "ZZZ", "eur", "EU", "EURO", "XAU", "XXX", "XTS", "DEM", "HRK", "BGN", " EUR", "EUR\n"])
    func none(code: String) {
        #expect(Currency(code) == nil)
    }
}
