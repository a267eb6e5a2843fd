import Glibc

extension HTTPConnection {
    /// What a patient client does: it sends the same request under one `Idempotency-Key` until it is decided, that is,
    /// until the answer is none of those that ask to come back.
    /// - Parameters:
    ///   - milliseconds: how long it waits before it sends again.
    ///   - interrupted: hears of every answer that was not the last, nil for none at all.
    /// - Throws: `RawHTTP.Failure` when 600 attempts were not enough.
    public func decide(
        _ target: String, token: String, key: String, body: String? = nil,
        waiting milliseconds: ClosedRange<UInt32> = 100...100, interrupted: (Answer?) -> Void = { _ in }
    ) throws -> Answer {
        for _ in 0..<600 {
            let answer = try? send("POST", target, token: token, headers: [("Idempotency-Key", key)], body: body)
            if let answer, !answer.asksToComeBack { return answer }
            interrupted(answer)
            usleep(.random(in: milliseconds) * 1_000)
        }
        throw RawHTTP.Failure(reason: "\(target) was not decided in 600 attempts")
    }
}

extension Answer {
    public var asksToComeBack: Bool {
        [429, 502, 503, 504].contains(status) || codes == ["idempotency_in_flight"]
    }
}
