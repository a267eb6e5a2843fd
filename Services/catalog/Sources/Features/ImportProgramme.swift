import Lifecycle
import SQLite
import Time
import TypedID

/// Why nothing of a file was taken: its faults, one a line.
package struct ProgrammeRefusal: Error, CustomStringConvertible {
    package let faults: [ProgrammeFault]
    /// More than `faults` where there are more than are told.
    package let count: Int

    /// - Parameters:
    ///   - faults: by their lines, those about the whole file first; of one line in the order they were found.
    fileprivate init(_ faults: [ProgrammeFault], count: Int) {
        // Sorting by the place in the list, too, keeps equal lines in order.
        let sorted = faults.enumerated().sorted { one, other in
            (one.element.line ?? 0, one.offset) < (other.element.line ?? 0, other.offset)
        }
        self.faults = Array(sorted.map(\.element).prefix(ProgrammeImport.mostFaults))
        self.count = count
    }

    package var description: String {
        let rest = count - faults.count
        return
            (["nothing was imported: \(count == 1 ? "there is 1 fault" : "there are \(count) faults")."]
            + faults.map { "\($0)" }
            + (rest > 0 ? ["… and \(rest) more."] : [])).joined(separator: "\n")
    }
}

/// What a dry run would have done: thrown, so that it is not.
private struct Rehearsed: Error {
    let lines: [ProgrammeImport.Line]
}

extension CatalogService {
    /// `catalog import FILE [--dry-run]`: the sessions of a file, all of them in one transaction, or none. The command
    /// works on the database beside a running service, whose writer waits meanwhile.
    static let importProgramme = Command("import", ["FILE", "[--dry-run]"], takesOptions: true) { arguments, context in
        let options = try Options(arguments, named: [], flags: ["dry-run"], words: 1)
        let file = ProgrammeFile(try readBytes(options.words[0], atMost: ProgrammeFile.mostBytes))
        guard file.rows.count <= ProgrammeFile.mostRows else {
            throw ProgrammeRefusal(file.faults, count: file.faults.count)
        }
        let rows = file.rows.map { (row: $0, id: context.ids.next() as SessionID) }
        let now = context.clock.now()
        let turnaround = try context.settings.turnaround()
        let isRehearsal = options.isSet("dry-run")
        do {
            let lines = try await context.database.write { transaction in
                let names = try ProgrammeNames(file.rows, transaction)
                var work = ProgrammeImport(names, now, turnaround: turnaround, transaction)
                for (row, id) in rows { try work.take(row, as: id) }
                guard file.faults.isEmpty, work.faultCount == 0 else {
                    throw ProgrammeRefusal(file.faults + work.faults, count: file.faults.count + work.faultCount)
                }
                if isRehearsal { throw Rehearsed(lines: work.lines) }
                return work.lines
            }
            return report(lines, isRehearsal: false)
        } catch let rehearsed as Rehearsed {
            return report(rehearsed.lines, isRehearsal: true)
        }
    }

    private static func report(_ lines: [ProgrammeImport.Line], isRehearsal: Bool) -> String {
        let told = lines.map { line in
            switch (line.isNew, isRehearsal) {
            case (true, false): "\(line.place): \(line.session) added"
            case (true, true): "\(line.place): would be added"
            case (false, _): "\(line.place): \(line.session) unchanged"
            }
        }
        let new = lines.count(where: \.isNew)
        let sum = "\(new) \(isRehearsal ? "would be added" : "added"), \(lines.count - new) unchanged"
        return (told + [sum]).joined(separator: "\n") + "\n"
    }
}

extension Settings {
    /// Milliseconds between the end of a movie and the start of the next one in a room, where a place does not say.
    func turnaround() throws(SettingError) -> Int64 {
        try integer("TURNAROUND_MINUTES", default: 15, in: Place.turnarounds) * 60_000
    }
}
