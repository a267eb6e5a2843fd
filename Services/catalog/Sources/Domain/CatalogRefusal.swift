/// Why catalog says no.
package enum CatalogRefusal: Error, Equatable {
    case movieNotFound
    case personNotFound
    case placeNotFound
    case roomNotFound
    case sessionNotFound
    /// A period that would end before it begins.
    case periodBackwards
    /// Fields that name something which does not exist.
    case unknown([String])
    /// A movie that is still shown, in this session and perhaps in others.
    case movieHasSessions(SessionID)
    /// A person who is credited, in these movies and perhaps in others.
    case personHasCredits([MovieID])
    /// A place where something is shown, in this session and perhaps in others.
    case placeHasSessions(SessionID)
    /// The room is taken by this session, the turnaround included.
    case sessionOverlaps(SessionID)
    /// More tickets than the room has places, which are so many.
    case allocationAboveCapacity(Int64)
    /// The place has more than one room, and none is named.
    case severalRooms
    /// A price beside tariffs the first of which has another.
    case priceIsNotOfTariffs
    /// A price alone, for a session with several tariffs.
    case severalTariffs
    /// Another change of the session is at work.
    case sessionChanging
    /// Booking's own words.
    case allocationBelowReserved(String)
    /// Booking's own words.
    case sessionHasBookings(String)
    /// A room where something is shown, in this session and perhaps in others.
    case roomHasSessions(SessionID)
    /// Booking may know the plan of a room whose sessions are gone.
    case roomPlanInUse
    /// This session, and perhaps others, sells more tickets than the room is to hold.
    case capacityBelowAllocation(SessionID)
    /// A place has one room or more.
    case lastRoom
    /// No place has more rooms than `Room.mostInPlace`.
    case tooManyRooms
}
