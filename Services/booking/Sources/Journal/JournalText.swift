import JSON
import Time
import TypedID

/// An entry as it is kept: JSON, with times in milliseconds.
///
///     {"at":1795199400000,"is":"reserved","booking":"bkg_7","count":2,"seats":["sea_1","sea_2"]}
extension JournalEntry {
    private enum Kind: String {
        case met, changed, closed, standing, opened, reserved, confirmed, cancelled, expired, refunded
        case ticketsRefunded = "tickets_refunded"
        case reissued, restored
    }

    private var kind: Kind {
        switch self {
        case .met: .met
        case .changed: .changed
        case .closed: .closed
        case .standing: .standing
        case .opened: .opened
        case .reserved: .reserved
        case .confirmed: .confirmed
        case .cancelled: .cancelled
        case .expired: .expired
        case .refunded: .refunded
        case .ticketsRefunded: .ticketsRefunded
        case .reissued: .reissued
        case .restored: .restored
        }
    }

    func text(at now: Timestamp) -> String {
        var json = JSONWriter(reserving: 192)
        json.object { json in
            json.field("at", now.rawValue)
            json.field("is", kind.rawValue)
            write(to: &json)
        }
        return String(decoding: json.bytes, as: UTF8.self)
    }

    private func write(to json: inout JSONWriter) {
        switch self {
        case .met(let allocation, let startsAt, let room):
            json.field("allocation", allocation)
            json.field("starts_at", startsAt.rawValue)
            if let room { json.field("room", room) }
        case .changed(let allocation, let startsAt):
            json.field("allocation", allocation)
            json.field("starts_at", startsAt.rawValue)
        case .closed, .restored: break
        case .standing(let rows): json.array("rows") { json in rows.forEach { $0.write(to: &json) } }
        case .opened(let booking, let user, let closesAt):
            json.field("booking", booking)
            json.field("user", user)
            json.field("closes_at", closesAt.rawValue)
        case .reserved(let booking, let count, let seats):
            json.field("booking", booking)
            json.field("count", count)
            if let seats { json.array("seats") { json in seats.forEach { json.element($0) } } }
        case .confirmed(let booking, let tickets):
            json.field("booking", booking)
            json.array("tickets") { json in tickets.forEach { $0.write(to: &json) } }
        case .cancelled(let booking), .expired(let booking), .refunded(let booking):
            json.field("booking", booking)
        case .ticketsRefunded(let booking, let tickets):
            json.field("booking", booking)
            json.array("tickets") { json in tickets.forEach { json.element($0) } }
        case .reissued(let booking, let ticket, let generation):
            json.field("booking", booking)
            json.field("ticket", ticket)
            json.field("generation", generation)
        }
    }
}

extension SoldTicket {
    fileprivate func write(to json: inout JSONWriter) {
        json.object { json in
            json.field("id", id)
            if let seat { json.field("seat", seat) }
            if let price {
                json.field("tariff", price.tariff)
                json.field("amount", price.amount)
                json.field("currency", price.currency)
            }
        }
    }

    fileprivate init(_ json: JSONValue) throws(Unreadable) {
        id = try json.id("id")
        seat = json["seat"] == nil ? nil : try json.id("seat")
        guard let tariff = json["tariff"]?.stringValue else {
            price = nil
            return
        }
        guard let currency = json["currency"]?.stringValue else { throw Unreadable() }
        price = TicketPrice(tariff: tariff, amount: try json.integer("amount"), currency: currency)
    }
}

/// What is no entry that was ever written.
struct Unreadable: Error {}

extension JournalEntry {
    /// An entry and when it was made, from what is kept.
    static func read(_ text: String) throws(Unreadable) -> (entry: JournalEntry, at: Timestamp) {
        guard let json = try? JSONValue(parsing: Array(text.utf8)),
            let kind = json["is"]?.stringValue.flatMap(Kind.init)
        else { throw Unreadable() }
        return (try JournalEntry(kind, json), try json.time("at"))
    }

    private init(_ kind: Kind, _ json: JSONValue) throws(Unreadable) {
        switch kind {
        case .met:
            self = .met(
                allocation: try json.integer("allocation"), startsAt: try json.time("starts_at"),
                room: json["room"] == nil ? nil : try json.id("room"))
        case .changed:
            self = .changed(allocation: try json.integer("allocation"), startsAt: try json.time("starts_at"))
        case .closed: self = .closed
        case .standing: self = .standing(try json.list("rows") { row throws(Unreadable) in try AuditedRow(row) })
        case .opened:
            self = .opened(try json.id("booking"), by: try json.id("user"), closesAt: try json.time("closes_at"))
        case .reserved:
            let seats: [SeatID]? = json["seats"] == nil ? nil : try json.ids("seats")
            self = .reserved(try json.id("booking"), try json.integer("count"), seats)
        case .confirmed:
            let tickets = try json.list("tickets") { ticket throws(Unreadable) in try SoldTicket(ticket) }
            self = .confirmed(try json.id("booking"), tickets)
        case .cancelled: self = .cancelled(try json.id("booking"))
        case .expired: self = .expired(try json.id("booking"))
        case .refunded: self = .refunded(try json.id("booking"))
        case .ticketsRefunded: self = .ticketsRefunded(try json.id("booking"), try json.ids("tickets"))
        case .reissued:
            self = .reissued(
                try json.id("booking"), try json.id("ticket"), generation: try json.integer("generation"))
        case .restored: self = .restored
        }
    }
}

extension JSONObject {
    func integer(_ name: String) throws(Unreadable) -> Int64 { try JSONValue.object(self).integer(name) }
}

extension JSONValue {
    func integer(_ name: String) throws(Unreadable) -> Int64 {
        guard let value = self[name]?.integerValue else { throw Unreadable() }
        return value
    }

    fileprivate func time(_ name: String) throws(Unreadable) -> Timestamp {
        Timestamp(rawValue: try integer(name))
    }

    fileprivate func id<Tag>(_ name: String) throws(Unreadable) -> TypedID<Tag> {
        guard let id = self[name]?.stringValue.flatMap(TypedID<Tag>.init) else { throw Unreadable() }
        return id
    }

    fileprivate func ids<Tag>(_ name: String) throws(Unreadable) -> [TypedID<Tag>] {
        try list(name) { element throws(Unreadable) in
            guard let id = element.stringValue.flatMap(TypedID<Tag>.init) else { throw Unreadable() }
            return id
        }
    }

    fileprivate func list<T>(
        _ name: String, _ read: (JSONValue) throws(Unreadable) -> T
    ) throws(Unreadable) -> [T] {
        guard let elements = self[name]?.arrayValue else { throw Unreadable() }
        var list: [T] = []
        for element in elements { list.append(try read(element)) }
        return list
    }
}
