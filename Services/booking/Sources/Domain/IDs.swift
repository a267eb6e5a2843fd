import TypedID

package enum UserTag: IDTag { package static let prefix: StaticString = "usr" }
package enum SessionTag: IDTag { package static let prefix: StaticString = "ses" }
package enum MovieTag: IDTag { package static let prefix: StaticString = "mov" }
package enum PlaceTag: IDTag { package static let prefix: StaticString = "plc" }
package enum RoomTag: IDTag { package static let prefix: StaticString = "rom" }
package enum SeatTag: IDTag { package static let prefix: StaticString = "sea" }
package enum BookingTag: IDTag { package static let prefix: StaticString = "bkg" }
package enum ReservationTag: IDTag { package static let prefix: StaticString = "rsv" }
package enum TicketTag: IDTag { package static let prefix: StaticString = "tkt" }
package enum PaymentTag: IDTag { package static let prefix: StaticString = "pay" }

package typealias UserID = TypedID<UserTag>
package typealias SessionID = TypedID<SessionTag>
package typealias MovieID = TypedID<MovieTag>
package typealias PlaceID = TypedID<PlaceTag>
package typealias RoomID = TypedID<RoomTag>
package typealias SeatID = TypedID<SeatTag>
package typealias BookingID = TypedID<BookingTag>
package typealias ReservationID = TypedID<ReservationTag>
package typealias TicketID = TypedID<TicketTag>
package typealias PaymentID = TypedID<PaymentTag>
