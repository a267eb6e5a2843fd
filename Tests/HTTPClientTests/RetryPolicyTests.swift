import HTTPClient
import Testing

@Suite("The retry policy")
struct RetryPolicyTests {
    @Test(
        "doubles the bound of the wait up to the greatest",
        arguments: zip([0, 1, 2, 5, 6, 63], [25, 50, 100, 800, 1_000, 1_000]))
    func backoff(retry: Int, bound: Int64) {
        #expect(RetryPolicy().backoffLimit(retry) == bound)
    }

    @Test(
        "reads Retry-After in seconds and nothing else",
        arguments: zip(
            ["0", "2", "999999", "", "-1", "1.5", "9999999", "Fri, 31 Dec 1999 23:59:59 GMT"],
            [0, 2_000, 999_999_000, nil, nil, nil, nil, nil] as [Int64?]))
    func retryAfter(field: String, milliseconds: Int64?) {
        #expect(RetryPolicy.retryAfter(field) == milliseconds)
    }

    @Test("the budget gives its savings, then what calls earn")
    func budget() {
        var policy = RetryPolicy()
        policy.budgetBurst = 2
        policy.budgetRatio = 0.5
        var budget = RetryBudget(policy)
        let spent = [budget.spend(), budget.spend(), budget.spend()]
        #expect(spent == [true, true, false])
        budget.earn()
        let tooEarly = budget.spend()
        budget.earn()
        let inTime = budget.spend()
        #expect(!tooEarly && inTime && budget.tokens == 0)
        for _ in 0..<100 { budget.earn() }
        #expect(budget.tokens == 2)
    }
}
