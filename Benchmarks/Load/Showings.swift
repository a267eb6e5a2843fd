import Glibc

/// A session that is on sale, and what it shows where.
struct Showing: Sendable {
    let session: String
    let movie: String
    let place: String
}

extension [Showing] {
    /// What a round is about.
    func wanted(by round: Int) -> Showing { self[popular(round, "showing", count)] }
}

extension Options {
    /// `--programme FILE` names the sessions that people go to, the most wanted first, a line each: session, movie, place.
    func showings() throws(Failure) -> [Showing] {
        let path = try text("programme")
        guard let file = fopen(path, "r") else { throw Failure("\(path) cannot be read") }
        var line: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer {
            free(line)
            fclose(file)
        }
        var showings: [Showing] = []
        while getline(&line, &capacity, file) > 0, let line {
            let numbers = String(cString: line).split(whereSeparator: \.isWhitespace).compactMap { Int($0) }
            guard numbers.count == 3 else { throw Failure("\(path): three numbers a line") }
            showings.append(
                Showing(session: "ses_\(numbers[0])", movie: "mov_\(numbers[1])", place: "plc_\(numbers[2])"))
        }
        guard !showings.isEmpty else { throw Failure("\(path) names no session") }
        return showings
    }
}
