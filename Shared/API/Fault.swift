/// One thing that is wrong with a request: an entry of `{"errors": […]}`.
public struct Fault: Error, Sendable, Equatable {
    /// Stable, in snake_case, for programs.
    public let code: String
    /// A sentence for a person.
    public let message: String

    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}
