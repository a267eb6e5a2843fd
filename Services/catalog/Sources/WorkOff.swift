import SQLite

extension CatalogService {
    /// Repeats a step, each a write of its own, while there is a row left to do; where one fails, the rest waits until the
    /// next time.
    func workOff(_ left: SQL, by step: @escaping @Sendable (Transaction) throws -> Void) async {
        func isLeft() throws -> Bool {
            try database.read { connection in try connection.first(left) { _ in true } ?? false }
        }
        while !Task.isCancelled, (try? isLeft()) == true {
            guard (try? await database.write(step)) != nil else { return }
        }
    }
}
