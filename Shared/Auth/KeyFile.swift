import Glibc

/// Keeps a key set in a file. Public keys only: its loss costs a question to identity, nothing else.
struct KeyFile: Sendable {
    private static let largest = 65_536
    let path: String

    /// Nil when there is none that can be read.
    func read() -> KeySet? {
        let file = open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let bytes = [UInt8](unsafeUninitializedCapacity: Self.largest) { buffer, count in
            count = max(0, Glibc.read(file, buffer.baseAddress, buffer.count))
        }
        return KeySet(json: bytes)
    }

    /// Whole or not at all: a reader never sees half a file. A failure is no error, since memory has the keys.
    func write(_ keys: KeySet) {
        let draft = path + ".new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { return }
        let bytes = keys.json
        let written = Glibc.write(file, bytes, bytes.count)
        close(file)
        if written == bytes.count { rename(draft, path) } else { unlink(draft) }
    }
}
