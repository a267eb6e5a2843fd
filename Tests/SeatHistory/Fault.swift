/// Where a history breaks the contract.
public struct Fault: Sendable, Equatable, CustomStringConvertible {
    public enum Rule: String, Sendable, CaseIterable {
        /// More seats had a definite holder than any allocation that may have been in force.
        case moreThanAllocated
        case seatWithTwoHolders
        /// Something was done to a booking after its end.
        case successAfterTheEnd
        /// Something was done that the booking's state, or what others had, did not allow at any moment of the request.
        case successImpossible
        /// Something was refused for a reason that held at no moment of the request.
        case refusalUnjustified
        /// The answer tells of other seats than were asked for, or than the booking had.
        case answerDiffers
        /// A booking was shown in a state that nothing has led to.
        case stateLost
        /// A seat map that fits no moment of the request, or does not add up.
        case countsWrong
        /// A status or a code that the request may never have.
        case answerUnexpected
    }

    public let rule: Rule
    /// The place in the history's entries.
    public let entry: Int
    public let what: String

    public var description: String { "\(rule) at \(entry): \(what)" }
}
