import Glibc
import JSON
import TestSupport
import Testing

/// Booking's database put back to an older state behind its back, before catalog and analytics as they are shipped.
@Suite struct RolledBackTests {
    @Test("a file that is copied back, and an empty one: an alarm is raised, and all agree with booking again")
    func set() async throws {
        try await Stack.run(settings: ["HOLD_SECONDS": "3600"], fixtures: Self.fixtures) { stack in
            let booking = stack["booking"]
            let copy = temporaryPath("copy.db")
            let early = try await stack.sell(2, of: StackSession.id(1), user: 5)
            try await stack.drained()
            try await booking.kill()
            try await move(["", "-wal"], from: booking.databasePath, to: copy, "/bin/cp")
            try await booking.start()
            let lost = try await stack.sell(3, of: StackSession.id(1), user: 6)
            _ = try await stack.sell(1, of: StackSession.id(2), user: 6)
            try await stack.drained()
            #expect(alarms(stack) == 0)

            // Both are back before anybody has heard of what is sold meanwhile.
            for name in ["analytics", "catalog", "booking"] { try await stack[name].kill() }
            for suffix in ["", "-wal", "-shm"] { unlink(booking.databasePath + suffix) }
            try await move(["", "-wal"], from: copy, to: booking.databasePath, "/bin/mv")
            try await booking.start()
            let meanwhile = try await stack.sell(1, of: StackSession.id(1), user: 7)
            for name in ["catalog", "analytics"] { try await stack[name].start() }
            await eventually { alarms(stack) == 1 }
            #expect(alarms(stack) == 1)
            try await stack.drained()
            let late = try await stack.sell(1, of: StackSession.id(2), user: 8)
            try await stack.drained()
            #expect(try await stack.agreed() == [early, meanwhile, late])
            #expect(try await stack.get("/v1/bookings/\(lost)", token: stack.token(user: 6)).status == 404)

            try await booking.kill()
            for suffix in ["", "-wal", "-shm"] { unlink(booking.databasePath + suffix) }
            try await booking.start()
            await eventually { alarms(stack) == 2 }
            #expect(alarms(stack) == 2)
            try await stack.drained()
            #expect(try await stack.agreed() == [])
            let stale = try await stack["catalog"].sql("SELECT id FROM sessions WHERE seats_left <> allocation")
            #expect(stale == [], "all that catalog was told is forgotten, also before any session is booked")
            let new = try await stack.sell(4, of: StackSession.id(1), user: 5)
            try await stack.drained()
            #expect(try await stack.agreed() == [new])
            #expect(alarms(stack) == 2)
        }
    }

    private func alarms(_ stack: Stack) -> Int {
        stack["booking"].log.split(separator: "\n").count { $0.contains(#""event":"follower_ahead""#) }
    }

    private func move(_ suffixes: [String], from path: String, to target: String, _ program: String) async throws {
        for suffix in suffixes where access(path + suffix, F_OK) == 0 {
            _ = try await output(of: program, [path + suffix, target + suffix])
        }
    }

    private static let fixtures = ["catalog": StackSession.rows(allocations: [100, 50])]
}
