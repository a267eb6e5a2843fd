import JSON

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
