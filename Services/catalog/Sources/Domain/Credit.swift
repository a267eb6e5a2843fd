/// Somebody's share in a movie.
package struct Credit: Equatable, Sendable {
    package let person: PersonID
    /// Whom a star plays.
    package let part: String?

    package init(person: PersonID, part: String? = nil) {
        self.person = person
        self.part = part
    }
}

/// As the database has it.
package enum CreditRole: String, Sendable {
    case director, star
}
