import Glibc

do {
    let options = try Options(CommandLine.arguments.dropFirst())
    print(options.work == "token" ? try options.tokens(1)[0] : try Driver(options).run())
} catch {
    let line = Array("load: \(error)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(2)
}
