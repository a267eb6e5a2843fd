import Glibc

extension HTTPConnection {
    /// What a patient client does: it sends the same request under one `Idempotency-Key` until it is decided, that is,
    /// until the answer is none of those that ask to come back.
    /// - Parameter interrupted: hears of every answer that was not the last, nil for none at all.
    /// - Throws: `RawHTTP.Failure` when a minute was not enough.
    public func decide(
        _ target: String, token: String, key: String, body: String? = nil, interrupted: (Answer?) -> Void = { _ in }
    ) throws -> Answer {
        for _ in 0..<600 {
            let answer = try? send("POST", target, token: token, headers: [("Idempotency-Key", key)], body: body)
            if let answer, !answer.asksToComeBack { return answer }
            interrupted(answer)
            usleep(100_000)
        }
        throw RawHTTP.Failure(reason: "\(target) was not decided in a minute")
    }
}

extension Answer {
    public var asksToComeBack: Bool {
        [429, 502, 503, 504].contains(status) || codes == ["idempotency_in_flight"]
    }
}
