import Auth
import Glibc

extension Options {
    /// A list of movies, a movie, its sessions in a place.
    func browse() throws(Failure) -> [Step] { browsing(try showings()) }

    /// A Friday evening, asked of the gateway. `--users` is how many different people are signed in.
    func friday() throws(Failure) -> [Journey] {
        let showings = try showings()
        let tokens = try self.tokens(try number("users", default: 10_000))
        let cities = try number("cities", default: 40)
        let staff = try self.tokens(1, role: .admin)[0]

        @Sendable func showing(_ round: Int) -> Showing { showings.wanted(by: round) }
        @Sendable func token(_ round: Int) -> String { tokens[chance(round, "user", tokens.count)] }
        let browsing = browsing(showings)
        let (movies, movie, sessions) = (browsing[0], browsing[1], browsing[2])
        let enters = track { _, round in ("visitor-\(round)", "page_enter", "/movies/\(showing(round).movie)") }
        let leaves = track { _, round in ("visitor-\(round)", "page_exit", "/movies/\(showing(round).movie)") }
        let search = Step(name: "search", status: 200) { _, round, _ in
            fetch("/v1/movies?bookable=true&city=City+\(chance(round, "city", cities))")
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
            Journey(name: "browse", share: 600, steps: [movies, enters, movie, sessions, leaves]),
            Journey(name: "search", share: 100, steps: [search, enters, movie, sessions, leaves]),
            Journey(name: "seats", share: 150, steps: [enters, movie, sessions, seats, leaves]),
            Journey(name: "buy", share: 90, steps: [enters, seats] + sale + [leaves]),
            // Who thinks better of it: the seats are held until the hold ends.
            Journey(name: "hold", share: 30, steps: [enters, seats] + sale.dropLast() + [leaves]),
            Journey(name: "mine", share: 20, steps: [mine]),
            Journey(name: "signin", share: 5, steps: [try signIn()]),
            Journey(name: "staff", share: 5, steps: [door, everybodys, reservations]),
        ]
    }

    private func browsing(_ showings: [Showing]) -> [Step] {
        [
            Step(name: "movies", status: 200) { _, round, _ in
                fetch("/v1/movies?sort=\(["rating", "new", "leaving_soon"][chance(round, "sort", 3)])")
            },
            Step(name: "movie", status: 200) { _, round, _ in
                fetch("/v1/movies/\(showings.wanted(by: round).movie)")
            },
            Step(name: "sessions", status: 200) { _, round, _ in
                let showing = showings.wanted(by: round)
                return fetch("/v1/movies/\(showing.movie)/places/\(showing.place)/sessions")
            },
        ]
    }

    /// Everybody wants the one session `--session`, one to four seats each, until its `--capacity` is sold. With
    /// `--first-seat N` it has a plan, of as many seats as its capacity from that number on, and everybody names the
    /// seats to have, the foremost most of all; whoever finds them taken has the best that are left.
    func onSale() throws(Failure) -> [Step] {
        let session = "ses_\(try number("session", default: 1))"
        let tokens = try self.tokens(try number("users", default: 10_000))
        let (first, count) = (try number("first-seat", default: 0), try number("capacity", default: 0))
        let sale = sale(of: { _ in session }, by: { tokens[$0 % tokens.count] })
        guard first > 0 else { return sale }
        let named = Step(name: "name_seats", status: 200, refusal: 409, comesBack: true) { _, round, id in
            let party = party(round)
            let seat = first + popular(round, "seat", count - party + 1)
            let names = (seat..<seat + party).map { "\"sea_\($0)\"" }.joined(separator: ",")
            return post("/v1/bookings/\(id)/reserve", #"{"seat_ids":[\#(names)]}"#, tokens[round % tokens.count])
        }
        var best = sale[1]
        best.isSecondChoice = true
        return [sale[0], named, best, sale[2]]
    }

    /// Book, reserve one to four seats, confirm; whoever has a booking comes back for it.
    private func sale(
        of session: @escaping @Sendable (_ round: Int) -> String, by token: @escaping @Sendable (_ round: Int) -> String
    ) -> [Step] {
        [
            Step(name: "book", status: 201) { _, round, _ in
                post("/v1/sessions/\(session(round))/book", "", token(round))
            },
            // Too few are left, or none.
            Step(name: "reserve", status: 200, refusal: 409, comesBack: true) { _, round, id in
                post("/v1/bookings/\(id)/reserve", #"{"seats":\#(party(round))}"#, token(round))
            },
            Step(name: "confirm", status: 200, comesBack: true, sells: party) { _, round, id in
                post("/v1/bookings/\(id)/confirm", "", token(round))
            },
        ]
    }
}

/// How many seats somebody wants.
@Sendable private func party(_ round: Int) -> Int { chance(round, "seats", 4) + 1 }
