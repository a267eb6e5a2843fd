import Glibc

/// A path in a new directory of its own, which is left for the system to clean.
public func temporaryPath(_ name: String) -> String {
    var template = Array("/tmp/marquee-test-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { preconditionFailure("no directory can be made under /tmp") }
    return String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self) + "/" + name
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
        let name = withUnsafeBytes(of: entry.pointee.d_name) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
        if !name.hasPrefix(".") { names.append(name) }
    }
    return names.sorted()
}
