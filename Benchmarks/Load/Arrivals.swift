import Glibc

/// When rounds are to begin, so many a second on average: each independently of all others and of every answer, as
/// people come, and so in bursts. The gaps are exponential, from a seed: one seed is one sequence.
struct Arrivals {
    private let mean: Double
    private var chance: SplitMix64
    private(set) var next: UInt64

    /// - Parameter rate: a second.
    init(rate: Int, seed: Int) {
        mean = 1e9 / Double(max(1, rate))
        chance = SplitMix64(state: UInt64(seed))
        next = 0
        advance()
    }

    mutating func begin(at start: UInt64) { next += start }

    mutating func take() -> UInt64 {
        defer { advance() }
        return next
    }

    private mutating func advance() {
        // Of (0, 1], whose logarithm is finite: 53 bits are what a Double holds.
        let share = Double((chance.next() >> 11) + 1) / Double(1 << 53)
        next += UInt64(-log(share) * mean)
    }
}

/// https://prng.di.unimi.it/splitmix64.c
struct SplitMix64 {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        return Self.mixed(state)
    }

    static func mixed(_ number: UInt64) -> UInt64 {
        var mixed = number
        mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
        return mixed ^ mixed >> 31
    }
}
