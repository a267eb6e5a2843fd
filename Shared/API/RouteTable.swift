/// Finds a route by its path, one segment after the other. Paths are compared as they were sent: nothing is decoded,
/// and a trailing or double slash is another path.
struct RouteTable: Sendable {
    struct Match {
        let routes: [Routed]
        let parameters: PathParameters

        func route(_ method: String) -> Routed? { routes.first { $0.route.method == method } }

        /// For the `Allow` header: HEAD works wherever GET does.
        var allowed: String {
            let methods = routes.flatMap { $0.route.method == "GET" ? ["GET", "HEAD"] : [$0.route.method] }
            return methods.sorted().joined(separator: ", ")
        }
    }

    /// A route and what is counted of it.
    struct Routed: Sendable {
        let route: Route
        let meter: RouteMeter
    }

    /// Few enough of each that looking through them is faster than hashing.
    fileprivate struct Node: Sendable {
        var literals: [(segment: [UInt8], node: Int)] = []
        /// Parameters that an ending follows, as in `{picture_id}.svg`.
        var suffixed: [(suffix: [UInt8], node: Int)] = []
        var parameter: Int?
        var routes: [Routed] = []
        var names: [String] = []
    }

    private var nodes = [Node()]

    init(_ routes: [Route], meter: (Route) -> RouteMeter) {
        for route in routes { insert(route, meter(route)) }
    }

    private mutating func insert(_ route: Route, _ meter: RouteMeter) {
        var position = 0
        var names: [String] = []
        for segment in route.pattern.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            if segment.hasPrefix("{") { names.append(String(segment.dropFirst().prefix { $0 != "}" })) }
            position = step(from: position, by: segment)
        }
        nodes[position].routes.append(Routed(route: route, meter: meter))
        nodes[position].names = names
    }

    /// The node that a segment of a pattern leads to, made where it is new.
    private mutating func step(from position: Int, by segment: Substring) -> Int {
        let isParameter = segment.hasPrefix("{")
        let text = Array((isParameter ? segment.drop { $0 != "}" }.dropFirst() : segment).utf8)
        let here = nodes[position]
        let known =
            switch (isParameter, text.isEmpty) {
            case (false, _): here.literal(text.span)
            case (true, true): here.parameter
            case (true, false): here.suffixed.first { $0.suffix == text }?.node
            }
        if let known { return known }
        nodes.append(Node())
        switch (isParameter, text.isEmpty) {
        case (false, _): nodes[position].literals.append((text, nodes.count - 1))
        case (true, true): nodes[position].parameter = nodes.count - 1
        case (true, false): nodes[position].suffixed.append((text, nodes.count - 1))
        }
        return nodes.count - 1
    }

    /// Nil for a path that no route has.
    func match(_ path: String) -> Match? {
        let path = path.utf8.span
        var position = 0
        var values: [String] = []
        var end = 0
        while end < path.count, path[end] == Self.slash {
            let start = end + 1
            end = start
            while end < path.count, path[end] != Self.slash { end += 1 }
            let segment = path.extracting(start..<end)
            if let literal = nodes[position].literal(segment) {
                position = literal
            } else if let (node, length) = nodes[position].suffixed(segment) {
                values.append(
                    segment.extracting(..<length).withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
                position = node
            } else if let parameter = nodes[position].parameter, !segment.isEmpty {
                values.append(segment.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) })
                position = parameter
            } else {
                return nil
            }
        }
        let node = nodes[position]
        guard !node.routes.isEmpty else { return nil }
        return Match(routes: node.routes, parameters: PathParameters(names: node.names, values: values))
    }

    private static let slash = UInt8(ascii: "/")
}

extension RouteTable.Node {
    func literal(_ segment: Span<UInt8>) -> Int? {
        for (literal, node) in literals where literal.count == segment.count {
            var index = 0
            while index < segment.count, literal[index] == segment[index] { index += 1 }
            if index == segment.count { return node }
        }
        return nil
    }

    /// Where a segment with an ending leads, and the length of what stands before the ending.
    func suffixed(_ segment: Span<UInt8>) -> (node: Int, length: Int)? {
        for (suffix, node) in suffixed where suffix.count < segment.count {
            let length = segment.count - suffix.count
            var index = 0
            while index < suffix.count, suffix[index] == segment[length + index] { index += 1 }
            if index == suffix.count { return (node, length) }
        }
        return nil
    }
}

/// What stood in a path where the route's pattern has `{name}`.
struct PathParameters {
    fileprivate let names: [String]
    fileprivate let values: [String]

    /// The last of that name.
    subscript(name: String) -> String? {
        names.lastIndex(of: name).map { values[$0] }
    }
}
