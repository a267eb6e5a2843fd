import Glibc

enum Clock {
    @Sendable static func wallMilliseconds() -> Int64 {
        microseconds(CLOCK_REALTIME) / 1_000
    }

    static func monotonicMicroseconds() -> Int64 {
        microseconds(CLOCK_MONOTONIC)
    }

    private static func microseconds(_ clock: clockid_t) -> Int64 {
        var time = timespec()
        clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000
    }
}
