import JSON
import TypedID

/// A visitor came to a page, or left it.
package struct PageEvent: Sendable, Equatable {
    package enum Kind: String, CaseIterable, Sendable {
        case entered = "page_enter"
        case left = "page_exit"
    }

    package let trackingID: String
    package let kind: Kind
    package let scheme: String
    package let path: String
    /// Names to strings, or to lists of strings where a name was repeated.
    package let query: JSONObject

    package init(trackingID: String, kind: Kind, scheme: String, path: String, query: JSONObject) {
        self.trackingID = trackingID
        self.kind = kind
        self.scheme = scheme
        self.path = path
        self.query = query
    }
}

extension PageEvent {
    /// No page shows more: an address that is made of films must not cost as much as it has films.
    package static let mostMovies = 8

    /// The films whose page, or a page below it, a path is: `/movies/mov_1` is in `/fr/movies/mov_1/places`, and not in
    /// `/movies/mov_12`. The first eight of them, each once.
    package static func movies(inPath path: String) -> [MovieID] {
        let segments = path.split(separator: "/", omittingEmptySubsequences: false)
        var movies: [MovieID] = []
        for (name, id) in zip(segments.dropFirst(), segments.dropFirst(2)) where name == "movies" {
            guard let movie = MovieID(String(id)), !movies.contains(movie) else { continue }
            movies.append(movie)
            if movies.count == mostMovies { break }
        }
        return movies
    }

    /// Tells pages of one path apart: 64 bits (FNV-1a) of the scheme and of the query with its names in order.
    package static func variant(scheme: String, query: JSONObject) -> Int64 {
        var json = JSONWriter()
        json.array { json in
            for member in query.members.sorted(by: { $0.name < $1.name }) {
                json.element(member.name)
                json.element(member.value)
            }
        }
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in Array(scheme.utf8) + json.bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return Int64(bitPattern: hash)
    }
}
