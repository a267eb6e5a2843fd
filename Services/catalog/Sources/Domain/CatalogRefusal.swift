/// Why catalog says no.
package enum CatalogRefusal: Error, Equatable, CaseIterable {
    case movieNotFound
    case placeNotFound
    case sessionNotFound
    /// A period that would end before it begins.
    case periodBackwards
}
