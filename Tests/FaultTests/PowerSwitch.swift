import Glibc
import TestSupport

/// A file system of its own under a directory, whose power can be cut: what was synced before is there afterwards, and
/// what was not is not.
final class PowerSwitch: Sendable {
    let directory: String

    /// Why this machine has none; nil where it has.
    static let lacking: String? = {
        guard geteuid() == 0 else { return "mounting takes root" }
        let directory = temporaryPath("power")
        for verb in ["make", "cut", "restore", "drop"] where !isDone(verb, directory) {
            if verb != "make" { _ = isDone("drop", directory) }
            return "no ext4 can be mounted from a file and shut down here (\(verb))"
        }
        return nil
    }()

    /// Whether there is one; says so where there is none, so that nobody takes the tests that need it for done.
    static func isThere() -> Bool {
        if let lacking { print("NOT TESTED, power cuts and full disks: \(lacking)") }
        return lacking == nil
    }

    init() throws {
        directory = temporaryPath("power")
        try run("make")
    }

    deinit { _ = Self.isDone("drop", directory) }

    func cut() throws { try run("cut") }

    /// Nobody may have files there.
    func restore() throws { try run("restore") }

    /// Leaves room for nothing, not even for root.
    func fill() throws {
        let file = open(filler, O_WRONLY | O_CREAT | O_CLOEXEC, 0o600)
        defer { close(file) }
        var (size, length) = (Int(0), Int(1) << 28)
        while length >= 1_024 {
            if posix_fallocate(file, off_t(size), off_t(length)) == 0 { size += length } else { length /= 2 }
        }
        guard size > 0 else { throw Stack.Failure(reason: "the disk cannot be filled") }
    }

    func empty() { unlink(filler) }

    private var filler: String { directory + "/filler" }

    private func run(_ verb: String) throws {
        guard Self.isDone(verb, directory) else { throw Stack.Failure(reason: "power-loss.py \(verb) failed") }
    }

    /// Waits for it: a file system is not left behind by whoever gives up.
    private static func isDone(_ verb: String, _ directory: String) -> Bool {
        let script = "\(checkoutPath)/Tests/Programs/power-loss.py"
        for _ in 0..<50 {
            guard
                let program = try? ChildProcess(
                    "/usr/bin/python3", [script, verb, directory], output: directory + ".log")
            else { return false }
            while program.ending == nil { usleep(2_000) }
            if program.ending == .exited(0) { return true }
            // A process that is just being started may have copies of descriptors.
            guard verb == "restore" || verb == "drop" else { return false }
            usleep(100_000)
        }
        return false
    }
}
