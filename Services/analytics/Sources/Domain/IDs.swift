import TypedID

package enum EventTag: IDTag { package static let prefix: StaticString = "evt" }
package enum UserTag: IDTag { package static let prefix: StaticString = "usr" }
package enum SessionTag: IDTag { package static let prefix: StaticString = "ses" }
package enum BookingTag: IDTag { package static let prefix: StaticString = "bkg" }
package enum MovieTag: IDTag { package static let prefix: StaticString = "mov" }
package enum PlaceTag: IDTag { package static let prefix: StaticString = "plc" }

package typealias EventID = TypedID<EventTag>
package typealias UserID = TypedID<UserTag>
package typealias SessionID = TypedID<SessionTag>
package typealias BookingID = TypedID<BookingTag>
package typealias MovieID = TypedID<MovieTag>
package typealias PlaceID = TypedID<PlaceTag>
