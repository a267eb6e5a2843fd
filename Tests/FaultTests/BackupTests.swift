import Auth
import Glibc
import JSON
import TestSupport
import Testing

/// Copies of all four taken while they work, and everything begun again from them.
@Suite struct BackupTests {
    @Test("a set of copies taken under load recovers: nothing sold twice, and all agree on what was sold")
    func set() async throws {
        let seed = environment("FAULT_SEED").flatMap { UInt64($0) } ?? .random(in: 0...9_999_999)
        try await Stack.run(settings: ["HOLD_SECONDS": "3600"], fixtures: Self.fixtures) { stack in
            let copies = stack.directory + "/copies"
            #expect(mkdir(copies, 0o700) == 0)
            let keyed = try await rememberedBooking(stack)
            try await knownAndFree(StackSession.id(4), stack)
            let witnesses = try await Load(stack).run(seed: seed) {
                try await Task.sleep(for: .milliseconds(800))
                for name in ["analytics", "booking"] { try await backUp(name, to: copies, stack) }
                try await Task.sleep(for: .milliseconds(300))
                // Catalog's copy knows of both, booking's of neither.
                try await asAdmin("PATCH", StackSession.id(3), #"{"allocation":9500}"#, stack, 200)
                try await asAdmin("DELETE", StackSession.id(4), nil, stack, 204)
                for name in ["catalog", "identity"] { try await backUp(name, to: copies, stack) }
                try await Task.sleep(for: .milliseconds(800))
            }
            #expect(witnesses.flatMap(\.unexpected) == [])
            let late = try await stack.sell(2, of: StackSession.id(1), user: 5)
            try await stopAll(stack)
            for service in stack.services { try await restore(service, copies) }
            // Identity first: the others ask it for its keys.
            for service in stack.services { try await service.start() }
            try await stack.drained()

            let kept = try await stack.agreed()
            let confirmed = Set(witnesses.flatMap(\.bookings).filter { $0.value.status == "confirmed" }.map(\.key))
            #expect(kept.subtracting(confirmed).filter { $0 != keyed } == [], "nothing is sold that nobody was told")
            #expect(!confirmed.subtracting(kept).isEmpty, "nothing happened after the copy")
            print("backup, FAULT_SEED=\(seed): \(kept.count) of \(confirmed.count) confirmed bookings are in the copy")
            #expect(try await stack.get("/v1/bookings/\(late)", token: stack.token(user: 5)).status == 404)
            try await noteOfCatalog(stack)
            try await remembers(keyed, witnesses, stack)

            // Booking alone, to the same copy again, with the others ahead of it.
            _ = try await stack.sell(3, of: StackSession.id(1), user: 6)
            try await stack.drained()
            try await stack["booking"].kill()
            try await stack["booking"].run("restore", "\(copies)/booking.db")
            try await stack["booking"].start()
            try await stack.drained()
            #expect(try await stack.agreed() == kept)
            _ = try await stack.sell(3, of: StackSession.id(1), user: 6)
            try await stack.drained()
            #expect(try await stack.agreed().count == kept.count + 1)
        }
    }

    @Test("make backup makes a set while everything runs, make restore puts it back only while nothing does")
    func make() async throws {
        try await Stack.run(fixtures: Self.fixtures) { stack in
            let set = stack.directory + "/set"
            let environment = ["DATA_DIR": stack.directory, "BINARIES": executables]
            func script(_ arguments: String...) async throws -> (ChildProcess.Ending, String) {
                let output = temporaryPath("backup.log")
                let child = try ChildProcess(
                    "\(checkoutPath)/Gateway/backup.sh", arguments, environment: environment, output: output)
                return (try await child.end(), try readFile(output))
            }
            let sold = try await stack.sell(2, of: StackSession.id(1), user: 5)
            #expect(try await script(set).0 == .exited(0))
            for name in Stack.names {
                for file in ["\(set)/\(name).db", "\(set)/\(name).db.secret"] {
                    var status = stat()
                    #expect(stat(file, &status) == 0 && status.st_mode & 0o777 == 0o600, "\(file)")
                }
            }
            #expect(try await script(set).1.contains("is there already"))
            let lost = try await stack.sell(2, of: StackSession.id(1), user: 5)
            let (ending, told) = try await script("--restore", set)
            #expect(ending == .exited(1) && told.contains("is in use: stop the service first"), "\(told)")
            #expect(try await stack.get("/v1/bookings/\(lost)", token: stack.token(user: 5)).status == 200)
            for service in stack.services { try await service.kill() }
            let (restored, words) = try await script("--restore", set)
            #expect(restored == .exited(0), "\(words)")
            for service in stack.services { try await service.start() }
            #expect(try await stack.get("/v1/bookings/\(sold)", token: stack.token(user: 5)).status == 200)
            #expect(try await stack.get("/v1/bookings/\(lost)", token: stack.token(user: 5)).status == 404)
            #expect(stack["booking"].log.contains(#""event":"restored_from_copy""#))
        }
    }

    // MARK: What is done

    private func backUp(_ name: String, to copies: String, _ stack: Stack) async throws {
        try await stack[name].run("backup", "\(copies)/\(name).db")
    }

    /// Everything that the four have on disk is gone with it.
    private func stopAll(_ stack: Stack) async throws {
        for service in stack.services {
            try await service.kill()
            for suffix in ["", "-wal", "-shm", ".secret", ".jwks.json"] { unlink(service.databasePath + suffix) }
        }
    }

    private func restore(_ service: StackService, _ copies: String) async throws {
        try await service.run("restore", "\(copies)/\(service.name).db")
        var status = stat()
        #expect(stat(service.databasePath, &status) == 0 && status.st_mode & 0o777 == 0o600)
    }

    private static let key = [("Idempotency-Key", "once")]

    /// One that a customer will confirm again, not sure whether that was done.
    private func rememberedBooking(_ stack: Stack) async throws -> String {
        let id = try await stack.sell(1, of: StackSession.id(1), user: 8)
        let again = try await stack.post(
            "/v1/sessions/\(StackSession.id(1))/book", token: stack.token(user: 8), headers: Self.key)
        #expect(again.status == 201)
        return id
    }

    /// Booking knows the session, and somebody has begun to book it, and nobody has seats of it.
    private func knownAndFree(_ session: String, _ stack: Stack) async throws {
        let token = stack.token(user: 9)
        let id = try await stack.post("/v1/sessions/\(session)/book", token: token).json["booking"]?["id"]?.stringValue
        #expect(try await stack.post("/v1/bookings/\(id ?? "none")/cancel", token: token).status == 200)
        #expect(try await stack.post("/v1/sessions/\(session)/book", token: token).status == 201)
    }

    private func asAdmin(_ method: String, _ session: String, _ body: String?, _ stack: Stack, _ status: Int)
        async throws
    {
        let answer = try await stack.send(
            method, "/v1/sessions/\(session)", token: stack.token(user: 1, role: .admin),
            body: body.map { Array($0.utf8) })
        #expect(answer.status == status, "\(method) \(session): \(answer.codes)")
    }

    // MARK: What is compared

    /// What catalog had been told to change after booking's copy was made.
    private func noteOfCatalog(_ stack: Stack) async throws {
        let kept = try await stack.get("/v1/sessions/\(StackSession.id(3))").json["session"]
        #expect(kept?["allocation"] == 10_000, "booking's copy is the older one, and booking sells it")
        let deleted = StackSession.id(4)
        #expect(try await stack.get("/v1/sessions/\(deleted)").status == 404)
        #expect(try await stack.post("/v1/sessions/\(deleted)/book", token: stack.token(user: 9)).status == 404)
        let left = try await stack["analytics"].sql(
            """
            SELECT allocation, opened - cancelled - expired AS open FROM sessions
            WHERE id = \(deleted.dropFirst("ses_".count))
            """)
        #expect(left == [["allocation": 0, "open": 0]], "it is closed as if it had been deleted now")
    }

    private func remembers(_ keyed: String, _ witnesses: [Witness], _ stack: Stack) async throws {
        let token = stack.token(user: 8)
        #expect(try await stack.get("/v1/bookings/\(keyed)", token: token).status == 200, "the token is good")
        let again = try await stack.post(
            "/v1/sessions/\(StackSession.id(1))/book", token: token, headers: Self.key)
        #expect(again.status == 201 && again.header("idempotent-replayed") == "true")
        guard let email = witnesses.flatMap(\.accounts).first else { return }
        let person = #"{"email":"\#(email)","password":"\#(Customer.password)"}"#
        #expect(try await stack.post("/v1/auth/signin", person).status == 200)
    }

    private static let fixtures = ["catalog": StackSession.rows(allocations: [10_000, 200, 10_000, 50])]
}
