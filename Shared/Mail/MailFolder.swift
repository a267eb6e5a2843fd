import Glibc

/// Writes messages into a folder, a file each, for a machine that sends no mail or for another program that does.
public final class MailFolder: Sendable {
    private let path: String
    /// Files are written, and waited for, on a thread of their own.
    private let mailLoop: MailLoop

    /// - Throws: `invalidConfiguration` for a folder that is not there or cannot be written to.
    public init(_ path: String) throws(MailError) {
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        if folder >= 0 { close(folder) }
        guard folder >= 0, access(path, W_OK | X_OK) == 0 else {
            throw .invalidConfiguration(reason: "\(path) is no folder that mail can be written to")
        }
        mailLoop = try MailLoop()
        self.path = path
    }

    /// Returns once the file is on disk, whole, under the name of the message's ID: the same message a second time
    /// takes the place of the first.
    public func deliver(_ message: MailMessage) async throws(MailError) {
        let bytes = try message.rendered()
        let name = "\(message.id.local)@\(message.id.domain).eml"
        let result: Result<Void, MailError> = await withCheckedContinuation { continuation in
            let isTaken = mailLoop.run {
                continuation.resume(returning: Result { () throws(MailError) in try self.write(bytes, name) })
            }
            if !isTaken { continuation.resume(returning: .failure(.cancelled)) }
        }
        try result.get()
    }

    /// After what is being written. Not from the loop itself.
    public func stop() { mailLoop.stop() }

    private func write(_ bytes: [UInt8], _ name: String) throws(MailError) {
        // Readers of a maildrop leave out what begins with a point.
        let draft = "\(path)/.\(name).\(getpid()).\(UInt64.random(in: .min ... .max))"
        let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw .unwritable(errno: errno) }
        var problem = fill(file, bytes)
        close(file)
        if problem == 0, rename(draft, "\(path)/\(name)") != 0 { problem = errno }
        guard problem == 0 else {
            unlink(draft)
            throw .unwritable(errno: problem)
        }
        // The name is only as lasting as the folder.
        let folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        defer { close(folder) }
        guard folder >= 0, fsync(folder) == 0 else { throw .unwritable(errno: errno) }
    }

    /// Writes and syncs; what went wrong, or 0.
    private func fill(_ file: Int32, _ bytes: [UInt8]) -> Int32 {
        var written = 0
        while written < bytes.count {
            let count = bytes[written...].withUnsafeBytes { Glibc.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return errno }
            written += count
        }
        return fsync(file) == 0 ? 0 : errno
    }
}
