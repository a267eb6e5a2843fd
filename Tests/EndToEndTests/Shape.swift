import JSON
import Time

/// What a value of an answer must look like: exactly the members that are named, each of its type.
indirect enum Shape: Sendable {
    case text
    case integer
    case number
    case bool
    /// `2026-11-20T18:30:00.000Z`.
    case moment
    /// A string that begins with a prefix and an underscore, and goes on in decimal digits.
    case id(String)
    case orNull(Shape)
    case list(Shape)
    case object([String: Shape])

    /// What is wrong with a value, each with its place; empty when nothing is.
    func faults(in value: JSONValue?, at place: String = "answer") -> [String] {
        guard let value else { return ["\(place) is missing"] }
        switch (self, value) {
        case (.orNull, .null), (.bool, .bool), (.text, .string): return []
        case (.integer, .integer), (.number, .integer), (.number, .number): return []
        case (.moment, .string(let text)) where Timestamp(rfc3339: text)?.rfc3339 == text: return []
        case (.id(let prefix), .string(let text)) where Self.isID(text, prefix): return []
        case (.orNull(let shape), _): return shape.faults(in: value, at: place)
        case (.list(let shape), .array(let elements)):
            return elements.enumerated().flatMap { shape.faults(in: $1, at: "\(place)[\($0)]") }
        case (.object(let shapes), .object(let object)):
            let strangers = Set(object.members.map(\.name)).subtracting(shapes.keys)
            return strangers.sorted().map { "\(place).\($0) is not in the contract" }
                + shapes.flatMap { name, shape in shape.faults(in: object[name], at: "\(place).\(name)") }
        default: return ["\(place) is \(value) and not \(self)"]
        }
    }

    private static func isID(_ text: String, _ prefix: String) -> Bool {
        guard text.hasPrefix(prefix + "_"), let number = Int64(text.dropFirst(prefix.count + 1)) else { return false }
        return number > 0 && text == "\(prefix)_\(number)"
    }
}

extension Shape {
    /// A list under its name, with its page's metadata.
    static func page(_ name: String, of element: Shape) -> Shape {
        .object([name: .list(element), "metadata": .object(["has_more": .bool, "end_cursor": .orNull(.text)])])
    }

    static let movie = Shape.object([
        "id": .id("mov"), "title": .text, "description": .text, "poster": .orNull(.text), "duration": .integer,
        "airing_dates": .object(["from": .orNull(.moment), "to": .orNull(.moment)]), "rating": .orNull(.number),
    ])

    static let place = Shape.object(["id": .id("plc"), "name": .text, "address": .text])
    static let session = Shape.object(["id": .id("ses"), "starts_at": .moment])
    static let rating = Shape.object(["rating": .object(["id": .id("rat"), "value": .number])])

    /// An answer about one booking: what all of them have, and what the operation adds.
    static func booking(_ more: [String: Shape]) -> Shape { .object(["booking": bookingMembers(more)]) }

    static let listedBooking = listedBooking(besides: [:])

    static func listedBooking(besides more: [String: Shape]) -> Shape {
        let listed: [String: Shape] = [
            "reserved_seats": .integer, "confirmed_at": .orNull(.moment), "cancelled_at": .orNull(.moment),
            "status": .text, "movie": .object(["id": .id("mov"), "title": .text]),
            "place": .object(["id": .id("plc"), "name": .text]),
        ]
        return bookingMembers(listed.merging(more) { _, new in new })
    }

    private static func bookingMembers(_ more: [String: Shape]) -> Shape {
        let all: [String: Shape] = [
            "id": .id("bkg"), "session_id": .id("ses"), "created_at": .moment, "closes_at": .moment,
        ]
        return .object(all.merging(more) { _, new in new })
    }

    static let errors = Shape.object(["errors": .list(.object(["code": .text, "message": .text]))])
}
