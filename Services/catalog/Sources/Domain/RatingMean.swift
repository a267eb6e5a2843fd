/// The mean of a movie's ratings, exact to the millionth that each of them is summed with.
package struct RatingMean: Equatable, Sendable {
    /// In millionths.
    package let sum: Int64
    package let count: Int64

    /// Nil without a rating.
    package init?(sum: Int64, count: Int64) {
        guard count > 0 else { return nil }
        self.sum = sum
        self.count = count
    }

    /// For display only, to two decimals, a half upwards: 4.125 is 4.13, and so is all up to below 4.135.
    package var rounded: Double {
        let millionthsInHundredth: Int64 = 10_000
        let hundredths = (2 * sum + count * millionthsInHundredth) / (2 * count * millionthsInHundredth)
        return Double(hundredths) / 100
    }
}
