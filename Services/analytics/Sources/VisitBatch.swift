import JSON
import SQLite
import Time
import TypedID

/// An event as far as visits are made of it.
struct TrackedPage: Sendable {
    let id: EventID
    let trackingID: String
    let kind: PageEvent.Kind
    let path: String
    let variant: Int64
    let at: Int64
}

/// Turns some events into visits, and what they add to counts into one change of each.
///
/// A page that is left closes the visit which is open on that page (scheme, path and query) by that visitor
/// (tracking_id), the latest one if there are several. One that was entered more than `longestDwell` ago, or later than
/// it was left by a clock that went back, stays open, as does one that is never left: it is a visit without a dwell.
struct VisitBatch {
    /// 24 hours, in milliseconds: a page that stays open longer is forgotten rather than read.
    static let longestDwell: Int64 = 86_400_000
    /// `previous_day` of whoever was never there before.
    static let never = Int64.min

    private struct SubjectDay: Hashable {
        let subject: Subject
        let day: Int64
    }

    private struct Sighting: Hashable {
        let subject: Subject
        let visitor: EventID
        let period: Int64
    }

    private struct Return: Hashable {
        let subject: Subject
        let previousDay, day: Int64
    }

    private let transaction: Transaction
    private var visitors: [String: EventID] = [:]
    private var pages: [String: PageSubjects] = [:]
    private var ofPages: Set<Subject> = []
    /// Who is known to have been there in which hour, and on which day: most come again within a batch.
    private var seenInHour: Set<Sighting> = []
    private var seenOnDay: Set<Sighting> = []
    private var days: [SubjectDay: VisitCounts] = [:]
    private var hours: [Int64: VisitCounts] = [:]
    private var returns: [Return: Int64] = [:]

    init(_ transaction: Transaction) { self.transaction = transaction }

    mutating func take(_ event: TrackedPage) throws {
        let visitor = try visitor(event.trackingID)
        switch event.kind {
        case .entered: try enter(event, visitor)
        case .left: try leave(event, visitor)
        }
    }

    private mutating func enter(_ event: TrackedPage, _ visitor: EventID) throws {
        let subjects = try subjects(ofPage: event.path)
        try transaction.execute(
            """
            INSERT INTO visits (id, visitor, page_id, variant, entered_at)
            VALUES (\(event.id), \(visitor), \(subjects.page), \(event.variant), \(event.at))
            """)
        let hour = Period.hour(of: event.at)
        let isFirst = seenInHour.insert(Sighting(subject: .everything, visitor: visitor, period: hour)).inserted
        let isKnown = try !isFirst || transaction.saw(.everything, visitor, in: Period.moments(ofHour: hour))
        hours[hour, default: VisitCounts()].visits += 1
        hours[hour, default: VisitCounts()].visitors += isKnown ? 0 : 1
        for subject in subjects.all { try see(subject, event, visitor) }
    }

    private mutating func see(_ subject: Subject, _ event: TrackedPage, _ visitor: EventID) throws {
        let day = Period.day(of: event.at)
        let moments = Period.moments(ofDay: day)
        let isFirst = seenOnDay.insert(Sighting(subject: subject, visitor: visitor, period: day)).inserted
        let before =
            try isFirst
            ? transaction.lastSight(of: subject, visitor, until: moments.upperBound).map(Period.day(of:)) : day
        days[SubjectDay(subject: subject, day: day), default: VisitCounts()].visits += 1
        if before != day {
            days[SubjectDay(subject: subject, day: day), default: VisitCounts()].visitors += 1
            let previous = before ?? Self.never
            returns[Return(subject: subject, previousDay: previous, day: day), default: 0] += 1
            // A later day there is only where a clock has gone back.
            if let next = try transaction.nextSight(of: subject, visitor, after: moments.upperBound) {
                let next = Period.day(of: next)
                returns[Return(subject: subject, previousDay: previous, day: next), default: 0] -= 1
                returns[Return(subject: subject, previousDay: day, day: next), default: 0] += 1
            }
        }
        try transaction.execute(
            """
            INSERT INTO sights (subject_id, visitor, seen_at, visit_id)
            VALUES (\(subject), \(visitor), \(event.at), \(event.id))
            """)
    }

    private mutating func leave(_ event: TrackedPage, _ visitor: EventID) throws {
        // A page that nobody entered is none to be counted.
        guard let page = try pages[event.path]?.page ?? transaction.subject(page: event.path) else { return }
        let open = try transaction.first(
            """
            SELECT id, entered_at FROM visits
            WHERE visitor = \(visitor) AND page_id = \(page) AND variant = \(event.variant) AND dwell IS NULL
            ORDER BY id DESC LIMIT 1
            """
        ) { (id: try $0.value(0, as: EventID.self), enteredAt: try $0.int(1)) }
        guard let open, (0...Self.longestDwell).contains(event.at - open.enteredAt) else { return }
        let dwell = event.at - open.enteredAt
        try transaction.execute("UPDATE visits SET dwell = \(dwell) WHERE id = \(open.id)")
        ofPages.insert(page)
        hours[Period.hour(of: open.enteredAt), default: VisitCounts()].dwells.add(dwell)
        let day = Period.day(of: open.enteredAt)
        for subject in [.everything, page] {
            days[SubjectDay(subject: subject, day: day), default: VisitCounts()].dwells.add(dwell)
        }
    }

    private mutating func visitor(_ trackingID: String) throws -> EventID {
        if let known = visitors[trackingID] { return known }
        let first: EventID? = try transaction.first(
            "SELECT id FROM events WHERE tracking_id = \(trackingID) ORDER BY id LIMIT 1"
        ) { try $0.value(0) }
        guard let first else { throw DatabaseError.corrupt("an event of a visitor without events") }
        visitors[trackingID] = first
        return first
    }

    private mutating func subjects(ofPage path: String) throws -> PageSubjects {
        if let known = pages[path] { return known }
        let subjects = try transaction.subjects(ofPage: path)
        pages[path] = subjects
        ofPages.insert(subjects.page)
        return subjects
    }
}

extension VisitBatch {
    /// Adds up what was taken.
    func write() throws {
        for (key, counts) in days {
            let kept = try transaction.first(
                "SELECT visits, visitors, dwells FROM subject_days WHERE subject_id = \(key.subject) AND day = \(key.day)"
            ) { try VisitCounts($0) }
            var sum = kept ?? VisitCounts()
            sum.add(counts)
            try transaction.execute(
                """
                INSERT INTO subject_days (subject_id, day, is_page, visits, visitors, dwells)
                VALUES (\(key.subject), \(key.day), \(ofPages.contains(key.subject)), \(sum.visits), \(sum.visitors),
                        \(sum.dwells.bytes))
                ON CONFLICT (subject_id, day) DO UPDATE
                SET visits = excluded.visits, visitors = excluded.visitors, dwells = excluded.dwells
                """)
        }
        for (hour, counts) in hours {
            let kept = try transaction.first(
                "SELECT visits, visitors, dwells FROM visit_hours WHERE hour = \(hour)"
            ) { try VisitCounts($0) }
            var sum = kept ?? VisitCounts()
            sum.add(counts)
            try transaction.execute(
                """
                INSERT INTO visit_hours (hour, visits, visitors, dwells)
                VALUES (\(hour), \(sum.visits), \(sum.visitors), \(sum.dwells.bytes))
                ON CONFLICT (hour) DO UPDATE
                SET visits = excluded.visits, visitors = excluded.visitors, dwells = excluded.dwells
                """)
        }
        for (key, change) in returns where change != 0 {
            try transaction.execute(
                """
                INSERT INTO subject_returns (subject_id, previous_day, day, visitors)
                VALUES (\(key.subject), \(key.previousDay), \(key.day), \(change))
                ON CONFLICT (subject_id, previous_day, day) DO UPDATE SET visitors = visitors + excluded.visitors
                """)
        }
    }
}

extension VisitCounts {
    /// Of `visits, visitors, dwells`.
    init(_ row: Row) throws {
        guard let dwells = Dwells(bytes: try row.bytes(2)) else { throw DatabaseError.corrupt("dwells of no form") }
        self.init(visits: try row.int(0), visitors: try row.int(1), dwells: dwells)
    }
}

extension Connection {
    /// Whether somebody saw it then.
    func saw(_ subject: Subject, _ visitor: EventID, in moments: ClosedRange<Int64>) throws -> Bool {
        try first(
            """
            SELECT 1 FROM sights WHERE subject_id = \(subject) AND visitor = \(visitor)
                AND seen_at BETWEEN \(moments.lowerBound) AND \(moments.upperBound) LIMIT 1
            """
        ) { _ in true } ?? false
    }

    fileprivate func lastSight(of subject: Subject, _ visitor: EventID, until last: Int64) throws -> Int64? {
        try first(
            """
            SELECT seen_at FROM sights WHERE subject_id = \(subject) AND visitor = \(visitor) AND seen_at <= \(last)
            ORDER BY seen_at DESC LIMIT 1
            """
        ) { try $0.int(0) }
    }

    fileprivate func nextSight(of subject: Subject, _ visitor: EventID, after last: Int64) throws -> Int64? {
        try first(
            """
            SELECT seen_at FROM sights WHERE subject_id = \(subject) AND visitor = \(visitor) AND seen_at > \(last)
            ORDER BY seen_at LIMIT 1
            """
        ) { try $0.int(0) }
    }
}
