import Auth
import TypedID

extension Principal {
    /// Whom the token speaks for, as an identifier of the kind that its service knows them by.
    /// - Throws: 401 `token_invalid` for a token of ours whose subject is none.
    public func id<Tag>(_: TypedID<Tag>.Type = TypedID<Tag>.self) throws(APIError) -> TypedID<Tag> {
        guard let id = TypedID<Tag>(subject) else { throw .tokenInvalid }
        return id
    }
}
