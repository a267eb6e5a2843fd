import HTTPClient
import Testing

/// What happens to a breaker, and when.
private enum Event: Sendable, CustomTestStringConvertible {
    case call(CircuitBreaker.Outcome, at: Int64)
    case refused(at: Int64, retryAfter: Int64)

    var testDescription: String {
        switch self {
        case .call(let outcome, let moment): "\(outcome) at \(moment)"
        case .refused(let moment, let wait): "refused at \(moment), for \(wait)"
        }
    }
}

private struct Story: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let events: [Event]
    let end: CircuitBreaker.State

    init(_ name: String, _ events: [Event], _ end: CircuitBreaker.State) {
        testDescription = name
        self.events = events
        self.end = end
    }
}

private let thresholds: CircuitBreaker.Thresholds = {
    var thresholds = CircuitBreaker.Thresholds()
    thresholds.consecutiveFailures = 3
    thresholds.failureRatio = 0.5
    thresholds.minimumCalls = 6
    thresholds.windowMilliseconds = 1_000
    thresholds.openMilliseconds = 100
    return thresholds
}()

private let threeFailures: [Event] = [.call(.failure, at: 0), .call(.failure, at: 1), .call(.failure, at: 2)]

private let stories = [
    Story("two failures in a row are borne", Array(threeFailures.prefix(2)), .closed),
    Story("three failures in a row open it", threeFailures + [.refused(at: 3, retryAfter: 99)], .open),
    Story(
        "a success between starts the row anew",
        threeFailures.prefix(2) + [.call(.success, at: 2), .call(.failure, at: 3), .call(.failure, at: 4)], .closed),
    Story(
        "calls given up do not count",
        threeFailures.prefix(2) + [.call(.abandoned, at: 2), .call(.abandoned, at: 3)], .closed),
    Story(
        "half of six calls within the window open it",
        [
            .call(.failure, at: 0), .call(.success, at: 1), .call(.failure, at: 2), .call(.success, at: 3),
            .call(.success, at: 4), .call(.failure, at: 5), .refused(at: 6, retryAfter: 99),
        ], .open),
    Story(
        "the same calls over two windows do not",
        [
            .call(.failure, at: 0), .call(.success, at: 1), .call(.failure, at: 2), .call(.success, at: 3),
            .call(.success, at: 1_004), .call(.failure, at: 1_005),
        ], .closed),
    Story("it refuses to the last millisecond", threeFailures + [.refused(at: 101, retryAfter: 1)], .open),
    Story("a probe that succeeds closes it", threeFailures + [.call(.success, at: 102)], .closed),
    Story(
        "a probe that fails opens it again, for as long",
        threeFailures + [.call(.failure, at: 102), .refused(at: 103, retryAfter: 99)], .open),
    Story(
        "a probe that is given up makes room for another",
        threeFailures + [.call(.abandoned, at: 102), .call(.success, at: 103)], .closed),
    Story(
        "once closed it bears two failures again",
        threeFailures + [.call(.success, at: 102), .call(.failure, at: 103), .call(.failure, at: 104)], .closed),
]

@Suite("The circuit breaker")
struct CircuitBreakerTests {
    @Test("goes through its states as told", arguments: stories)
    private func states(_ story: Story) {
        var breaker = CircuitBreaker(thresholds)
        for event in story.events {
            switch event {
            case .call(let outcome, let moment):
                guard case .admitted(let permit) = breaker.admit(at: moment) else {
                    Issue.record("refused: \(event.testDescription)")
                    return
                }
                breaker.record(outcome, of: permit, at: moment)
            case .refused(let moment, let wait):
                #expect(breaker.admit(at: moment) == .refused(retryAfterMilliseconds: wait))
            }
        }
        #expect(breaker.state == story.end)
    }

    @Test("lets one probe through at a time")
    func oneProbe() {
        var breaker = opened()
        guard case .admitted(let probe) = breaker.admit(at: 102) else {
            Issue.record("no probe")
            return
        }
        #expect(breaker.state == .halfOpen)
        #expect(breaker.admit(at: 103) == .refused(retryAfterMilliseconds: 100))
        breaker.record(.success, of: probe, at: 104)
        #expect(breaker.state == .closed)
    }

    @Test("does not believe answers to calls from before it opened")
    func lateAnswers() {
        var breaker = CircuitBreaker(thresholds)
        guard case .admitted(let early) = breaker.admit(at: 0) else {
            Issue.record("refused while closed")
            return
        }
        breaker = opened(breaker)
        breaker.record(.success, of: early, at: 50)
        #expect(breaker.state == .open)
        _ = breaker.admit(at: 102)
        breaker.record(.success, of: early, at: 103)
        #expect(breaker.state == .halfOpen)
    }

    private func opened(_ start: CircuitBreaker = CircuitBreaker(thresholds)) -> CircuitBreaker {
        var breaker = start
        for moment: Int64 in 0..<3 {
            if case .admitted(let permit) = breaker.admit(at: moment) {
                breaker.record(.failure, of: permit, at: moment)
            }
        }
        return breaker
    }
}
