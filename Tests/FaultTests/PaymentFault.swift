import JSON
import TestSupport

/// One line of the table of payment faults: what fails, at which step, and what the customer does then.
struct PaymentFault: Sendable {
    enum Step: String, CaseIterable, Sendable {
        case create, capture, cancel, refund

        var title: String {
            switch self {
            case .create: "the money is to be held"
            case .capture: "the money is to be taken"
            case .cancel: "the money is to be let go"
            case .refund: "the money is to go back"
            }
        }

        var operation: StripeServer.Operation {
            switch self {
            case .create: .create
            case .capture: .capture
            case .cancel: .cancel
            case .refund: .refund
            }
        }
    }

    enum Kind: String, CaseIterable, Sendable {
        case crash = "kill -9"
        case silence = "no answer"
        case failure = "a 500"
        case cut = "the connection breaks"
        case refusal = "the bank says no"
    }

    let step: Step
    let kind: Kind
    /// Whether the provider has done what it was asked when it happens.
    let isDone: Bool
    /// Whether the customer confirms again, or goes away.
    let isBack: Bool

    static let all: [PaymentFault] = Step.allCases.flatMap { step in
        Kind.allCases.flatMap { kind in
            [false, true].flatMap { isDone in
                [true, false].compactMap { isBack in
                    // A refusal has no effect to come after; what the customer does matters before the seats are sold;
                    // a bank has nothing against letting go, and a refund that it refuses needs a person.
                    if kind == .refusal, isDone || step == .cancel || step == .refund { return nil }
                    if !isBack, step != .create { return nil }
                    return PaymentFault(step: step, kind: kind, isDone: isDone, isBack: isBack)
                }
            }
        }
    }

    var faults: [StripeServer.Fault] {
        switch kind {
        case .crash: [isDone ? .holdAfter : .holdBefore]
        case .silence: [isDone ? .silentAfter : .silentBefore]
        case .failure: [isDone ? .failAfter : .failBefore]
        // The client itself asks again, and finds the line broken still.
        case .cut: [isDone ? .cutAfter : .cutBefore, .cutBefore, .cutBefore, .cutBefore]
        case .refusal: [.refused]
        }
    }

    func row(_ end: String) -> String {
        let moment = kind == .refusal ? "" : isDone ? "after it is done" : "before it is done"
        let customer = step == .create ? isBack ? "confirms again" : "goes away" : ""
        return "| \(step.title) | \(kind.rawValue) | \(moment) | \(customer) | \(end) |\n"
    }
}

/// What the provider tells by itself, when it should not.
enum LateWebhook: String, CaseIterable, Sendable {
    case late = "told late, when all is over"
    case doubled = "told twice, at once"
    case backwards = "told in the other order"

    func order(_ events: [StripeEvent]) -> [StripeEvent] {
        switch self {
        case .late: events
        case .doubled: events.flatMap { [$0, $0] }
        case .backwards: events.reversed()
        }
    }

    func row(_ what: String, _ end: String) -> String {
        "| a webhook | \(rawValue) | of \(what) | | \(end) |\n"
    }
}

enum PaymentFaultTable {
    static func document(_ rows: [String]) -> String {
        """
        # What becomes of a payment

        The executable of booking is run against a payment provider of ours that speaks Stripe's wire format. At each step of
        a payment something fails: the process is killed while the provider has the request, before or after it did what it
        was asked, the answer is lost, or the bank says no. The end is read from the provider's own ledger and from the
        customer's booking; `booking audit payments` finds no difference after all of them.

        The table is written by a test, `PAYMENT_TABLE=Docs/payment-faults.md swift test --filter PaymentFaultTests`, and
        every other run of it compares what it sees with the table.

        | step | what fails | when | the customer | the end |
        | --- | --- | --- | --- | --- |

        """ + rows.joined()
    }
}
