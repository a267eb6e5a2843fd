/// The members of a JSON object, each name once, in the order in which the names first came.
public struct JSONObject: Sendable, Equatable, ExpressibleByDictionaryLiteral {
    public struct Member: Sendable, Equatable {
        public let name: String
        public var value: JSONValue
    }

    public private(set) var members: [Member] = []

    public init(_ pairs: [(String, JSONValue)] = []) {
        for (name, value) in pairs { self[name] = value }
    }

    public init(dictionaryLiteral pairs: (String, JSONValue)...) { self.init(pairs) }

    /// The caller vouches that no name comes twice.
    init(distinct members: [Member]) { self.members = members }

    public var isEmpty: Bool { members.isEmpty }
    public var count: Int { members.count }

    /// The value under a name: nil when absent, `.null` when it is null. Assigning nil removes the member.
    public subscript(name: String) -> JSONValue? {
        get { members.first { $0.name.isIdentical(to: name) }?.value }
        set {
            let index = members.firstIndex { $0.name.isIdentical(to: name) }
            switch (index, newValue) {
            case (let index?, let value?): members[index].value = value
            case (let index?, nil): members.remove(at: index)
            case (nil, let value?): members.append(Member(name: name, value: value))
            case (nil, nil): break
            }
        }
    }
}

extension String {
    /// RFC 8259 §8.3 compares names code unit by code unit, where `==` takes canonical equivalents for one.
    fileprivate func isIdentical(to other: String) -> Bool {
        utf8.count == other.utf8.count && utf8.elementsEqual(other.utf8)
    }
}
