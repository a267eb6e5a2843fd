extension QRCode {
    /// A drawing of one unit a module, the quiet zone included, that fills whatever room it is given and stays sharp.
    public var svg: String {
        let side = size + 2 * Self.quietZone
        let path = runs.map { run in
            "M\(run.column + Self.quietZone) \(run.row + Self.quietZone)h\(run.length)v1h-\(run.length)z"
        }
        // Light is painted too: a page in dark colours would show through.
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(side) \(side)" shape-rendering="crispEdges">\
            <rect width="\(side)" height="\(side)" fill="#fff"/>\
            <path d="\(path.joined())" fill="#000"/></svg>
            """
    }
}
