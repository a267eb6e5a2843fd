/// The top of the checkout that these tests were built from.
public let checkoutPath = #filePath.split(separator: "/").dropLast(3).reduce("") { "\($0)/\($1)" }
