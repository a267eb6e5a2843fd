import Time

/// A film, with what its sessions and its ratings make of it.
package struct Movie: Equatable, Sendable {
    package let id: MovieID
    package let title: String
    package let description: String
    /// A URL.
    package let poster: String?
    /// Minutes.
    package let duration: Int64
    /// The first and the last start of its sessions; nil without one.
    package let airsFrom: Timestamp?
    package let airsTo: Timestamp?
    /// Nil while nobody has rated it.
    package let rating: RatingMean?
}

/// How a list of movies is sorted; equals come by ascending id.
package enum MovieSort: String, CaseIterable, Sendable {
    /// Highest mean first.
    case rating
    /// Latest first session first.
    case new
    /// Earliest last session first.
    case leavingSoon = "leaving_soon"
}
