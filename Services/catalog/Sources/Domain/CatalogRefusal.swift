/// Why catalog says no.
package enum CatalogRefusal: Error, Equatable {
    case movieNotFound
    case personNotFound
    case placeNotFound
    case roomNotFound
    case sessionNotFound
    /// A period that would end before it begins.
    case periodBackwards
    /// Fields that name something which does not exist.
    case unknown([String])
    /// A movie that is still shown, in this session and perhaps in others.
    case movieHasSessions(SessionID)
    /// A place where something is shown, in this session and perhaps in others.
    case placeHasSessions(SessionID)
    /// No place has more rooms than `Room.mostInPlace`.
    case tooManyRooms
}
