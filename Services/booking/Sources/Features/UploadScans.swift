import API
import Auth
import CSodium
import JSON
import SQLite
import Telemetry
import Time
import TypedID

extension BookingService {
    static let mostScans = 500

    /// `POST /v1/check-ins/offline` `{scans: [{token, scanned_at, session_id?, place_id?, door?}]}`: what a device scanned
    /// while it was offline, in its order. Each scan is kept once: uploading it again answers the same.
    func uploadScans(_ request: Request, _ caller: Principal) async throws -> Response {
        let staff = try userID(of: caller)
        var fields = Fields(request.body)
        let scans = fields.objects("scans", 1...Self.mostScans) { OfflineScan(&$0) }
        guard let scans else { throw fields.refusal }
        let codes = try await codes(of: scans)
        for session in Set(codes.compactMap { $0?.sessionID }) { try await learnHours(of: session, request.trace) }
        return try await request.decide(in: database) { [clock, doorOpensMinutes] transaction in
            let now = clock.now()
            return try .json { json in
                try json.array("scans") { json in
                    for (scan, code) in zip(scans, codes) {
                        let kept = try transaction.keep(
                            scan, code, by: staff, at: now, opensMinutesBefore: doorOpensMinutes)
                        json.object { json in
                            json.field("ticket_id", kept.ticketID)
                            json.field("result", kept.result.rawValue)
                            if let code = kept.code { json.field("code", code) }
                        }
                    }
                }
            }
        }
    }

    /// Nil for what is none of ours. Other requests get their turns between signatures.
    private func codes(of scans: [OfflineScan]) async throws -> [TicketCode?] {
        var codes: [TicketCode?] = []
        for scan in scans {
            codes.append(try TicketCode(scan.token, key: ticketKeys.key))
            if codes.count.isMultiple(of: 32) { await Task.yield() }
        }
        return codes
    }
}

private struct OfflineScan: Sendable {
    let token: String
    let door: Door
    let scannedAt: Timestamp

    init?(_ fields: inout Fields) {
        let (token, scannedAt, door) = (fields.code(), fields.timestamp("scanned_at"), fields.door())
        guard let token, let scannedAt, let door else { return nil }
        self.token = token
        self.door = door
        self.scannedAt = scannedAt
    }

    /// What makes it the same scan; any other one of the same ticket is of another person, however soon it comes.
    var digest: [UInt8] {
        let parts = [
            token, "\(scannedAt.rawValue)", door.name ?? "", door.sessionID?.description ?? "",
            door.placeID?.description ?? "",
        ]
        let message = Array(parts.joined(separator: "\0").utf8)
        var digest = [UInt8](repeating: 0, count: 32)
        crypto_generichash(&digest, digest.count, message, UInt64(message.count), nil, 0)
        return digest
    }
}

/// What came of a scan.
private struct KeptScan {
    enum Result: String { case admitted, conflict, refused }

    let ticketID: TicketID?
    let result: Result
    let code: String?
}

extension Transaction {
    fileprivate func keep(
        _ scan: OfflineScan, _ code: TicketCode?, by staff: UserID, at now: Timestamp, opensMinutesBefore: Int64
    ) throws -> KeptScan {
        let digest = scan.digest
        let known = try first("SELECT ticket_id, result, code FROM scans WHERE digest = \(digest)") { row in
            KeptScan(ticketID: try row.valueOrNil(0), result: try row.value(1), code: try row.textOrNil(2))
        }
        if let known { return known }
        // A device's clock may be ahead.
        let moment = min(scan.scannedAt, now)
        let answer = try code.flatMap {
            try admit($0, at: scan.door, by: staff, at: moment, opensMinutesBefore: opensMinutesBefore)
        }
        let kept = KeptScan(answer)
        try execute(
            """
            INSERT INTO scans (digest, ticket_id, session_id, door, staff_id, scanned_at, uploaded_at, result, code)
            VALUES (\(digest), \(kept.ticketID), \(answer?.ticket.sessionID), \(scan.door.name), \(staff),
                    \(scan.scannedAt), \(now), \(kept.result), \(kept.code))
            """)
        return kept
    }
}

extension KeptScan {
    fileprivate init(_ answer: DoorAnswer?) {
        switch answer?.admission ?? .failure(.ticketInvalid) {
        case .success: self.init(ticketID: answer?.ticket.id, result: .admitted, code: nil)
        case .failure(let refusal):
            self.init(
                ticketID: answer?.ticket.id, result: refusal.isConflict ? .conflict : .refused, code: refusal.code)
        }
    }
}
