/// What a program printed, its complaints included, once it has ended well.
/// - Throws: `RawHTTP.Failure` with what it printed when it ends otherwise.
public func output(of path: String, _ arguments: [String]) async throws -> String {
    let file = temporaryPath("output")
    let program = try ChildProcess(path, arguments, environment: ["LC_ALL": "C.UTF-8"], output: file)
    let ending = try await program.end()
    let text = try readFile(file)
    guard ending == .exited(0) else { throw RawHTTP.Failure(reason: "\(path): \(ending): \(text)") }
    return text
}

/// The texts of the bar codes in a picture, as a program that is not ours reads them.
public func barcodes(in picture: String) async throws -> [String] {
    try await output(of: "/usr/bin/zbarimg", ["--quiet", "--raw", "--nodbus", picture])
        .split(separator: "\n").map(String.init)
}
