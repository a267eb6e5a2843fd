/// What some visits came to.
package struct VisitCounts: Equatable, Sendable {
    package var visits: Int64 = 0
    /// Different ones.
    package var visitors: Int64 = 0
    package var dwells = Dwells()

    package init() {}

    package init(visits: Int64, visitors: Int64, dwells: Dwells) {
        self.visits = visits
        self.visitors = visitors
        self.dwells = dwells
    }

    /// Visits with no visitor in common, or what is to be added to those that were counted before.
    package mutating func add(_ other: VisitCounts) {
        visits += other.visits
        visitors += other.visitors
        dwells.add(other.dwells)
    }
}
