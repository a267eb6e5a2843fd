import API
import Auth
import JSON
import SQLite
import Telemetry
import Time
import TypedID

extension BookingService {
    /// `POST /v1/check-ins` `{token, session_id?, place_id?, door?}`: staff let in whom a ticket is for, once.
    func checkIn(_ request: Request, _ caller: Principal) async throws -> Response {
        let staff = try userID(of: caller)
        var fields = Fields(request.body)
        let (text, door) = (fields.code(), fields.door())
        guard let text, let door else { throw fields.refusal }
        guard let code = try TicketCode(text, key: ticketKeys.key) else { throw RefusedAtDoor(.ticketInvalid) }
        try await learnHours(of: code.sessionID, request.trace)
        return try await request.decide(in: database) { [clock, doorOpensMinutes] transaction in
            let answer = try transaction.admit(
                code, at: door, by: staff, at: clock.now(), opensMinutesBefore: doorOpensMinutes)
            guard let answer else { throw RefusedAtDoor(.ticketInvalid) }
            switch answer.admission {
            case .failure(let refusal): throw RefusedAtDoor(refusal, timeZone: answer.timeZone)
            case .success(let admission):
                return .json(201) { json in
                    json.object("check_in") { json in
                        json.field("ticket_id", answer.ticket.id)
                        json.field("session_id", answer.ticket.sessionID)
                        json.seat(answer.ticket.seat)
                        json.field("admitted_at", admission.at)
                        json.field("door", admission.door)
                    }
                }
            }
        }
    }

    /// Asks catalog how long a session is, where that was never told: nobody waits for it twice.
    func learnHours(of session: SessionID, _ trace: TraceContext) async throws {
        guard let known = try database.read({ try $0.ticketSession(session) }), known.details == nil else { return }
        _ = try await ticketSession(session, trace)
    }
}
