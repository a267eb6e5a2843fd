/// Finds a route by its path, one segment after the other. Paths are compared as they were sent: nothing is decoded,
/// and a trailing or double slash is another path.
struct RouteTable: Sendable {
    struct Match {
        let routes: [String: Routed]
        let parameters: [String: String]

        /// For the `Allow` header: HEAD works wherever GET does.
        var allowed: String {
            let methods = routes.keys.flatMap { $0 == "GET" ? ["GET", "HEAD"] : [$0] }
            return methods.sorted().joined(separator: ", ")
        }
    }

    /// A route and what is counted of it.
    struct Routed: Sendable {
        let route: Route
        let meter: RouteMeter
    }

    private struct Node: Sendable {
        var literals: [String: Int] = [:]
        var parameter: Int?
        var routes: [String: Routed] = [:]
        var names: [String] = []
    }

    private var nodes = [Node()]

    init(_ routes: [Route], meter: (Route) -> RouteMeter) {
        for route in routes { insert(route, meter(route)) }
    }

    private mutating func insert(_ route: Route, _ meter: RouteMeter) {
        var position = 0
        var names: [String] = []
        for segment in Self.segments(route.pattern) {
            let isParameter = segment.hasPrefix("{")
            if isParameter { names.append(String(segment.dropFirst().dropLast())) }
            let known = isParameter ? nodes[position].parameter : nodes[position].literals[String(segment)]
            if known == nil {
                nodes.append(Node())
                if isParameter {
                    nodes[position].parameter = nodes.count - 1
                } else {
                    nodes[position].literals[String(segment)] = nodes.count - 1
                }
            }
            position = known ?? nodes.count - 1
        }
        nodes[position].routes[route.method] = Routed(route: route, meter: meter)
        nodes[position].names = names
    }

    /// Nil for a path that no route has.
    func match(_ path: String) -> Match? {
        var position = 0
        var values: [String] = []
        for segment in Self.segments(path) {
            if let literal = nodes[position].literals[String(segment)] {
                position = literal
            } else if let parameter = nodes[position].parameter, !segment.isEmpty {
                values.append(String(segment))
                position = parameter
            } else {
                return nil
            }
        }
        let node = nodes[position]
        guard !node.routes.isEmpty else { return nil }
        return Match(
            routes: node.routes,
            parameters: Dictionary(zip(node.names, values), uniquingKeysWith: { _, last in last }))
    }

    private static func segments(_ path: String) -> [Substring] {
        path.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map(\.self)
    }
}
