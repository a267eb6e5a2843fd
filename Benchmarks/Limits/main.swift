import Glibc

// What SQLite and OpenSSL do with nothing around them, on one thread.
let arguments = Array(CommandLine.arguments.dropFirst())
let numbers = arguments.compactMap { Int($0) }
do {
    switch (arguments.first, arguments.count, numbers.count) {
    case ("flows", 4, 2):
        print(try BookingFlows.grouped(database: arguments[1], clients: numbers[0], milliseconds: numbers[1]))
    case ("plain", 3, 1):
        print(try BookingFlows.plain(database: arguments[1], milliseconds: numbers[0]))
    case ("inserts", 4, 2):
        print(try eventInserts(database: arguments[1], clients: numbers[0], milliseconds: numbers[1]))
    case ("signatures", 2, 1):
        print(signatures(milliseconds: numbers[0]))
    default:
        throw Failure(
            description:
                """
                flows|inserts DATABASE CLIENTS MILLISECONDS, plain DATABASE MILLISECONDS, or signatures MILLISECONDS
                """)
    }
} catch {
    let line = Array("limits: \(error)\n".utf8)
    _ = write(STDERR_FILENO, line, line.count)
    exit(2)
}
