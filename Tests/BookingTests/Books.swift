import Auth
import BookingService
import JSON
import Lifecycle
import SQLite
import TestSupport
import Testing

/// What the audit finds in a database file as it lies there.
func audited(_ path: String, expecting hash: String? = nil) throws -> BookAudit {
    let database = try Database(.init(path: path), migrations: BookingService.migrations, as: .looking)
    defer { database.close() }
    return try database.withCopy(migrations: BookingService.migrations) {
        try BookAudit($0, expecting: hash)
    }
}

extension BoxOffice {
    /// What the audit finds while the service runs.
    func books(expecting hash: String? = nil) throws -> BookAudit {
        try service.running.context.database.withCopy(migrations: BookingService.migrations) {
            try BookAudit($0, expecting: hash)
        }
    }

    /// What `booking audit` prints; throws what it complains of.
    func auditCommand(_ arguments: String...) async throws -> String {
        let command = try #require(BookingService.commands.first { $0.name == "audit" })
        return try await command.run(arguments, service.running.context)
    }

    func reissue(_ ticket: String, of booking: String) async throws -> Answer {
        try await service.post(
            "/v1/bookings/\(booking)/tickets/\(ticket)/reissue", token: service.token("usr_8", .staff))
    }

    /// Gives some of a booking's tickets back.
    func refund(_ booking: String, tickets: [String]) async throws -> Answer {
        let ids = tickets.map { "\"\($0)\"" }.joined(separator: ",")
        return try await service.post(
            "/v1/bookings/\(booking)/refund", #"{"reason":"The projector broke.","ticket_ids":[\#(ids)]}"#,
            token: service.token("usr_9", .admin))
    }

    func ticketIDs(of booking: String) async throws -> [String] {
        try await tickets(of: booking, "usr_9", .staff).json["tickets"]?.arrayValue?
            .compactMap { $0["id"]?.stringValue } ?? []
    }

    /// The session at another allocation, as catalog asks for it.
    func setAllocation(_ allocation: Int, startsAt: String) async throws -> Answer {
        try await service.sendInternal(
            "PUT", "/internal/v1/sessions/\(Self.session)",
            body: """
                {"session":{"id":"\(Self.session)","starts_at":"\(startsAt)","allocation":\(allocation),
                "movie":{"id":"mov_1","title":"Nosferatu"},"place":{"id":"plc_1","name":"Le Rex"},
                "room":{"id":"rom_1","name":"1","capacity":100,"seated":false}}}
                """)
    }
}
