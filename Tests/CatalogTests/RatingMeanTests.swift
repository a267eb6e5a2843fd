import CatalogService
import Testing

@Suite struct RatingMeanTests {
    @Test(
        "a mean is shown to two decimals, a half upwards",
        arguments: [
            (0, 1, 0), (5_000_000, 1, 5), (4_125_000, 1, 4.13), (4_124_999, 1, 4.12), (4_134_999, 1, 4.13),
            (4_135_000, 1, 4.14), (5_000, 1, 0.01), (4_999, 1, 0), (14_000_000, 3, 4.67), (13_000_000, 3, 4.33),
            (4_994_999, 1, 4.99), (4_995_000, 1, 5), (1_005_000_000_000, 1_000_000, 1.01), (8_249_999, 2, 4.12),
            (8_250_000, 2, 4.13), (5_000_000_000_000_000, 1_000_000_000, 5),
        ] as [(Int64, Int64, Double)])
    func rounding(sum: Int64, count: Int64, shown: Double) throws {
        #expect(try #require(RatingMean(sum: sum, count: count)).rounded == shown)
    }

    @Test("no ratings have no mean")
    func none() {
        #expect(RatingMean(sum: 0, count: 0) == nil)
    }
}
