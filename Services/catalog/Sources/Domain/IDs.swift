import TypedID

package enum MovieTag: IDTag { package static let prefix: StaticString = "mov" }
package enum PlaceTag: IDTag { package static let prefix: StaticString = "plc" }
package enum RoomTag: IDTag { package static let prefix: StaticString = "rom" }
package enum SeatTag: IDTag { package static let prefix: StaticString = "sea" }
package enum SessionTag: IDTag { package static let prefix: StaticString = "ses" }
package enum RatingTag: IDTag { package static let prefix: StaticString = "rat" }
package enum PersonTag: IDTag { package static let prefix: StaticString = "psn" }
package enum UserTag: IDTag { package static let prefix: StaticString = "usr" }

package typealias MovieID = TypedID<MovieTag>
package typealias PlaceID = TypedID<PlaceTag>
package typealias RoomID = TypedID<RoomTag>
package typealias SeatID = TypedID<SeatTag>
package typealias SessionID = TypedID<SessionTag>
package typealias RatingID = TypedID<RatingTag>
package typealias PersonID = TypedID<PersonTag>
package typealias UserID = TypedID<UserTag>
