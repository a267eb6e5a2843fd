import Auth
import Glibc

/// A session that is on sale, and what it shows where.
private struct Showing: Sendable {
    let session: String
    let movie: String
    let place: String
}

extension Options {
    /// A Friday evening, asked of the gateway. `--programme FILE` names the sessions that people go to, the most wanted
    /// first, a line each: session, movie, place. `--users` is how many different people are signed in.
    func friday() throws(Failure) -> [Journey] {
        let showings = try showings()
        let tokens = try self.tokens(try number("users", default: 5000))
        let cities = try number("cities", default: 40)
        let staff = try self.tokens(1, role: .admin)[0]

        @Sendable func showing(_ round: Int) -> Showing { showings[popular(round, "showing", showings.count)] }
        @Sendable func token(_ round: Int) -> String { tokens[chance(round, "user", tokens.count)] }
        let enters = track { _, round in ("visitor-\(round)", "page_enter", "/movies/\(showing(round).movie)") }
        let leaves = track { _, round in ("visitor-\(round)", "page_exit", "/movies/\(showing(round).movie)") }
        let movies = Step(name: "movies", status: 200) { _, round, _ in
            fetch("/v1/movies?sort=\(["rating", "new", "leaving_soon"][chance(round, "sort", 3)])")
        }
        let search = Step(name: "search", status: 200) { _, round, _ in
            fetch("/v1/movies?bookable=true&city=City+\(chance(round, "city", cities))")
        }
        let movie = Step(name: "movie", status: 200) { _, round, _ in fetch("/v1/movies/\(showing(round).movie)") }
        let sessions = Step(name: "sessions", status: 200) { _, round, _ in
            fetch("/v1/movies/\(showing(round).movie)/places/\(showing(round).place)/sessions")
        }
        let seats = Step(name: "seats", status: 200) { _, round, _ in
            fetch("/v1/sessions/\(showing(round).session)/seats")
        }
        let mine = Step(name: "mine", status: 200) { _, round, _ in fetch("/v1/bookings", token(round)) }
        let sale = sale(of: { showing($0).session }, by: token)
        let door = Step(name: "staff", status: 200) { _, round, _ in
            fetch("/v1/sessions/\(showing(round).session)/door", staff)
        }
        let everybodys = Step(name: "staff", status: 200) { _, round, _ in
            fetch("/v1/bookings?scope=all&session_id=\(showing(round).session)", staff)
        }
        let reservations = Step(name: "staff", status: 200) { _, _, _ in
            fetch("/v1/analytics/reservations?group_by=weekday", staff)
        }
        return [
            Journey(share: 600, steps: [movies, enters, movie, sessions, leaves]),
            Journey(share: 100, steps: [search, enters, movie, sessions, leaves]),
            Journey(share: 150, steps: [enters, movie, sessions, seats, leaves]),
            Journey(share: 90, steps: [enters, seats] + sale + [leaves]),
            // Who thinks better of it: the seats are held until the hold ends.
            Journey(share: 30, steps: [enters, seats] + sale.dropLast() + [leaves]),
            Journey(share: 20, steps: [mine]),
            Journey(share: 5, steps: [try signIn()]),
            Journey(share: 5, steps: [door, everybodys, reservations]),
        ]
    }

    /// Everybody wants the one session `--session`, one to four seats each, until its `--capacity` is sold.
    func onSale() throws(Failure) -> [Step] {
        let session = "ses_\(try number("session", default: 1))"
        let tokens = try self.tokens(try number("users", default: 10_000))
        return sale(of: { _ in session }, by: { tokens[$0 % tokens.count] })
    }

    /// Book, reserve one to four seats, confirm; whoever has a booking comes back for it.
    private func sale(
        of session: @escaping @Sendable (_ round: Int) -> String, by token: @escaping @Sendable (_ round: Int) -> String
    ) -> [Step] {
        @Sendable func seats(_ round: Int) -> Int { chance(round, "seats", 4) + 1 }
        return [
            Step(name: "book", status: 201) { _, round, _ in
                post("/v1/sessions/\(session(round))/book", "", token(round))
            },
            // Too few are left, or none.
            Step(name: "reserve", status: 200, refusal: 409, comesBack: true) { _, round, id in
                post("/v1/bookings/\(id)/reserve", #"{"seats":\#(seats(round))}"#, token(round))
            },
            Step(name: "confirm", status: 200, comesBack: true, sells: seats) { _, round, id in
                post("/v1/bookings/\(id)/confirm", "", token(round))
            },
        ]
    }

    private func showings() throws(Failure) -> [Showing] {
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
