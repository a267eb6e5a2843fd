/// A film as staff describe it. What its sessions and its ratings make of it is only shown.
package struct Movie: Equatable, Sendable {
    package let title: String
    package let description: String
    /// A URL.
    package let poster: String?
    /// Minutes.
    package let duration: Int64
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
