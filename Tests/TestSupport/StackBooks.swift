extension Stack {
    /// Where booking's tables are not what its journal says, as `booking audit` finds it, a line each; none when the books
    /// balance.
    /// - Parameter columns: those that the test has changed itself.
    public func bookDifferences(besides columns: String...) async throws -> [String] {
        let (ending, text) = try await self["booking"].outcome(of: ["audit", "--lines", "100000"])
        guard ending != .exited(0) else { return [] }
        // Before them are two lines that say how much was compared.
        let found = text.split(separator: "\n").dropFirst(2).map(String.init)
        guard !found.isEmpty else { return [text] }
        // A booking whose end was brought forward in its table has run out before the one in the journal.
        let isEndMoved = columns.contains("closes_at")
        return found.filter { line in
            !columns.contains { line.contains(", \($0): ") }
                && !(isEndMoved && line.hasSuffix(" ran out before it closes"))
        }
    }
}
