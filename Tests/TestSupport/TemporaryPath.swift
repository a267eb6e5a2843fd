import Glibc
import Synchronization

/// A path in a new directory of its own, which is removed when this process ends. `KEEP_TEST_FILES=1` keeps them all.
public func temporaryPath(_ name: String) -> String { temporaryDirectory() + "/" + name }

/// As short as the path of a socket must be.
public func temporaryDirectory() -> String {
    let path = "\(processDirectory)/\(directories.wrappingAdd(1, ordering: .relaxed).newValue)"
    guard mkdir(path, 0o700) == 0 else { preconditionFailure("\(path) cannot be made: \(errno)") }
    return path
}

private let directories = Atomic<Int>(0)

/// Named by this process, so that the next one knows what is nobody's any more: one that is killed removes nothing.
private let processDirectory: String = {
    let isKept = environment("KEEP_TEST_FILES") == "1"
    removeTree(entries(of: "/tmp").filter(isLeftBehind).map { "/tmp/\($0)" })
    var template = Array("/tmp/\(isKept ? "marquee-kept-" : ownedPrefix)\(getpid())-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("no directory can be made under /tmp") }
    if !isKept { atexit { removeTree([processDirectory]) } }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
}()

private let ownedPrefix = "marquee-test-"

private func isLeftBehind(_ name: String) -> Bool {
    guard name.hasPrefix(ownedPrefix), let end = name.lastIndex(of: "-"),
        let process = pid_t(name[..<end].dropFirst(ownedPrefix.count)), process > 0
    else { return false }
    return kill(process, 0) == -1 && errno == ESRCH
}

/// As far as it can be: services of this process may still be writing, and a disk still be mounted.
private func removeTree(_ paths: [String]) {
    guard !paths.isEmpty else { return }
    var files = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&files)
    defer { posix_spawn_file_actions_destroy(&files) }
    posix_spawn_file_actions_addopen(&files, 2, "/dev/null", O_WRONLY, 0)
    let arguments = (["rm", "-rf", "--one-file-system", "--"] + paths).map { strdup($0) }
    defer { arguments.forEach { free($0) } }
    var id = pid_t()
    guard posix_spawn(&id, "/bin/rm", &files, nil, arguments + [nil], environ) == 0 else { return }
    waitpid(id, nil, 0)
}

/// Writes a whole file.
public func writeFile(_ path: String, _ bytes: [UInt8]) throws {
    let file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard file >= 0 else { throw RawHTTP.Failure(reason: "\(path) cannot be written: \(errno)") }
    defer { close(file) }
    guard write(file, bytes, bytes.count) == bytes.count else {
        throw RawHTTP.Failure(reason: "\(path) was not written whole: \(errno)")
    }
}

/// A whole text file.
public func readFile(_ path: String) throws -> String {
    let file = open(path, O_RDONLY)
    guard file >= 0 else { throw RawHTTP.Failure(reason: "\(path) cannot be read: \(errno)") }
    defer { close(file) }
    var text: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 65_536)
    while true {
        let count = read(file, &chunk, chunk.count)
        guard count > 0 else { return String(decoding: text, as: UTF8.self) }
        text += chunk.prefix(count)
    }
}

/// The names in a directory, in order, without those that begin with a point; none when there is no such directory.
public func entries(of path: String) -> [String] {
    guard let directory = opendir(path) else { return [] }
    defer { closedir(directory) }
    var names: [String] = []
    while let entry = readdir(directory) {
        // By its address: a copy would have all 256 bytes, and the buffer may end before.
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
}
