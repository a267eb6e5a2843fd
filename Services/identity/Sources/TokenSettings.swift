import Lifecycle

extension Settings {
    /// How long a token is good.
    func tokenSeconds() throws -> Int64 { try integer("TOKEN_SECONDS", default: 3600, in: 60...86_400) }

    /// KEY_ROTATION_DAYS and KEY_OVERLAP_SECONDS. A key stays published until its last token has expired, and is
    /// known before it signs to verifiers that ask every ten minutes and may be answered out of a cache.
    func keySchedule() throws -> KeySchedule {
        let days = try integer("KEY_ROTATION_DAYS", default: 30, in: 3...3650)
        let leastOverlap = try tokenSeconds() + 900
        let overlap = try integer("KEY_OVERLAP_SECONDS", default: leastOverlap, in: leastOverlap...days * 43_200)
        return KeySchedule(lifetimeMilliseconds: days * 86_400_000, overlapMilliseconds: overlap * 1000)
    }
}
