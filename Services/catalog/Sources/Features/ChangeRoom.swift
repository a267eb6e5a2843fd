import API
import Auth
import JSON
import SQLite
import Time
import TypedID

extension CatalogService {
    /// `PATCH /v1/places/{place_id}/rooms/{room_id}` `{name}` and one of `capacity`, `seats` and `rows`: what is not named
    /// stays. A capacity is raised at any time, and lowered as far as the sessions to come sell no more. A plan is made,
    /// replaced or given up as long as no session knows the room. Other `tariffs` are for new sessions.
    func changeRoom(_ request: Request, _ caller: Principal) async throws -> Response {
        var fields = Fields(request.body)
        let name = fields.change("name", PlaceFields.name)
        let plan = RoomPlan(&fields, required: false, seatID: { ids.next() })
        let tariffs = fields.changedTariffs()
        guard fields.faults.isEmpty else { throw fields.refusal }
        let (place, path) = (request.parameter("place_id"), request.parameter("room_id"))
        return try await request.decide(in: database) { [clock] transaction in
            let room = try transaction.room(path, in: place)
            let changed = Room(
                id: room.id, name: name.applied(to: room.name), capacity: plan?.capacity ?? room.capacity,
                seated: plan?.isSeated ?? room.seated, tariffs: tariffs ?? room.tariffs)
            if let plan {
                if room.seated || plan.isSeated {
                    try transaction.checkPlanMayChange(of: room)
                    try transaction.execute("DELETE FROM seats WHERE room_id = \(room.id)")
                    try transaction.add(plan, to: room.id)
                } else {
                    try transaction.checkCapacity(plan.capacity, of: room.id, from: clock.now())
                }
            }
            try transaction.execute(
                """
                UPDATE rooms SET name = \(changed.name), capacity = \(changed.capacity), seated = \(changed.seated)
                WHERE id = \(room.id)
                """)
            if let tariffs { try transaction.setTariffs(tariffs, of: room.id) }
            return .room(changed)
        }
    }
}

extension Connection {
    /// Booking takes a plan over with the first session that it meets, and keeps it: also when that session goes.
    /// - Throws: `roomHasSessions`, `roomPlanInUse`.
    fileprivate func checkPlanMayChange(of room: Room) throws {
        if let session = try anySession(of: room.id) { throw CatalogRefusal.roomHasSessions(session) }
        let isInUse = try first("SELECT in_use FROM rooms WHERE id = \(room.id)") { try $0.bool(0) } ?? false
        if room.seated, isInUse { throw CatalogRefusal.roomPlanInUse }
    }

    /// What a session is about to sell counts as what it sells.
    /// - Throws: `capacityBelowAllocation`.
    fileprivate func checkCapacity(_ capacity: Int64, of room: RoomID, from now: Timestamp) throws {
        let session = try first(
            """
            SELECT s.id FROM sessions s LEFT JOIN session_changes c ON c.session_id = s.id
            WHERE s.room_id = \(room) AND s.starts_at > \(now) AND max(s.allocation, coalesce(c.allocation, 0)) > \(capacity)
            ORDER BY s.starts_at LIMIT 1
            """
        ) { try $0.value(0, as: SessionID.self) }
        if let session { throw CatalogRefusal.capacityBelowAllocation(session) }
    }
}
