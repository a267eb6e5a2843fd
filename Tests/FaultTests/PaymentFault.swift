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
        case lapse = "what was held has lapsed"
        case action = "the bank asks the customer (3-D Secure)"
        case slowness = "the bank takes days"
        case lateRefusal = "the bank takes days, and says no"
        case doubledWebhook = "webhooks come twice before the answer"

        /// Whether it may come before and after something is done.
        var comesBeforeAndAfter: Bool {
            switch self {
            case .crash, .silence, .failure, .cut: true
            case .refusal, .lapse, .action, .slowness, .lateRefusal, .doubledWebhook: false
            }
        }

        /// A bank has nothing against letting go, and takes days for nothing but refunds.
        func happens(at step: Step) -> Bool {
            switch self {
            case .crash, .silence, .failure, .cut, .doubledWebhook: true
            case .refusal: step != .cancel
            case .lapse: step == .capture
            case .action: step == .create
            case .slowness, .lateRefusal: step == .refund
            }
        }
    }

    let step: Step
    let kind: Kind
    /// Whether the provider has done what it was asked when it happens.
    let isDone: Bool
    /// Whether the customer confirms again, or goes away.
    let isBack: Bool

    static let all: [PaymentFault] = Step.allCases.flatMap { step in
        Kind.allCases.filter { $0.happens(at: step) }.flatMap { kind in
            (kind.comesBeforeAndAfter ? [false, true] : [false]).flatMap { isDone in
                // What the customer does matters before the seats are sold, unless there is an answer.
                (step == .create && kind != .doubledWebhook ? [true, false] : [true]).map { isBack in
                    PaymentFault(step: step, kind: kind, isDone: isDone, isBack: isBack)
                }
            }
        }
    }

    /// What the customer pays with at first.
    var method: String { kind == .action ? "pm_card_authenticationRequired" : "pm_card_visa" }

    /// Money that a bank does not take back for the customer is for a person to see to.
    var needsPerson: Bool { step == .refund && (kind == .refusal || kind == .lateRefusal) }

    var faults: [StripeServer.Fault] {
        switch kind {
        case .crash: [isDone ? .holdAfter : .holdBefore]
        case .silence: [isDone ? .silentAfter : .silentBefore]
        case .failure: [isDone ? .failAfter : .failBefore]
        // The client itself asks again, and finds the line broken still.
        case .cut: [isDone ? .cutAfter : .cutBefore, .cutBefore, .cutBefore, .cutBefore]
        case .refusal: [.refused]
        case .lapse: [.lapsed]
        case .action: []
        case .slowness, .lateRefusal: [.pending]
        case .doubledWebhook: [.holdAfter]
        }
    }

    func row(_ end: String) -> String {
        let moment = !kind.comesBeforeAndAfter ? "" : isDone ? "after it is done" : "before it is done"
        let back = kind == .action ? "does it, and confirms again" : "confirms again"
        let customer = step == .create && kind != .doubledWebhook ? isBack ? back : "goes away" : ""
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
        was asked, the answer is lost, or the bank says no, takes its time or asks the customer. The end is read from the
        provider's own ledger and from the customer's booking. What needs a person is a job that has failed
        (`payment_jobs_failed`), which is tried again afterwards; `booking audit payments` finds no difference after all of
        them.

        The table is written by a test, `PAYMENT_TABLE=Docs/payment-faults.md swift test --filter PaymentFaultTests`, and
        every other run of it compares what it sees with the table.

        | step | what fails | when | the customer | the end |
        | --- | --- | --- | --- | --- |

        """ + rows.joined()
    }
}
