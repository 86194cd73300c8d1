internal import Application
internal import EventSourcing
internal import PatchManagement

/// All views of the product, each folded from the streams that it shows.
struct PatchflowFold: ViewFold {
    let definition = 8

    func keys(for event: RecordedEvent) throws -> [ViewKey] {
        switch event.stream.prefix {
        case AssetDecider.prefix[...]: AssetFold.keys(for: event)
        case PatchDecider.prefix[...]: [ViewKey(.patch, event.stream.text)]
        case RolloutDecider.prefix[...]: try RolloutFold.keys(for: event)
        case DeploymentDecider.prefix[...]: try DeploymentFold.keys(for: event)
        case PersonDecider.prefix[...]: [ViewKey(.person, event.stream.text)]
        case FeedDecider.prefix[...]: [ViewKey(.feed, event.stream.text)]
        case FindingDecider.prefix[...]: FindingFold.keys(for: event)
        case ExceptionDecider.prefix[...]: [ViewKey(.exception, event.stream.text)]
        case ControlDecider.prefix[...]: [ViewKey(.control, event.stream.text)]
        case BaselineDecider.prefix[...]: [ViewKey(.baseline, event.stream.text)]
        case PolicyDecider.prefix[...]: PolicyFold.keys(for: event)
        case FreezeDecider.prefix[...]: [ViewKey(.freeze, event.stream.text)]
        case CapDecider.prefix[...]: [ViewKey(.cap, event.stream.text)]
        case ScheduleDecider.prefix[...]: [ViewKey(.schedule, event.stream.text)]
        case CloudAccountDecider.prefix[...]: [ViewKey(.cloudAccount, event.stream.text)]
        case AttributeRuleDecider.prefix[...]: try AttributeRuleFold.keys(for: event)
        case EmergencyDecider.prefix[...]: [ViewKey(.emergency, event.stream.text)]
        case StandingApprovalDecider.prefix[...]:
            [ViewKey(.standingApproval, event.stream.text)]
        case DisasterDecider.prefix[...]: [ViewKey(.disaster, event.stream.text)]
        default: []
        }
    }

    func apply(_ event: RecordedEvent, to views: inout [ViewKey: View]) throws {
        switch event.stream.prefix {
        case AssetDecider.prefix[...]: try AssetFold.apply(event, to: &views)
        case PatchDecider.prefix[...]: try PatchFold.apply(event, to: &views)
        case RolloutDecider.prefix[...]: try RolloutFold.apply(event, to: &views)
        case DeploymentDecider.prefix[...]: try DeploymentFold.apply(event, to: &views)
        case PersonDecider.prefix[...]: try PersonFold.apply(event, to: &views)
        case FeedDecider.prefix[...]: try FeedFold.apply(event, to: &views)
        case FindingDecider.prefix[...]: try FindingFold.apply(event, to: &views)
        case ExceptionDecider.prefix[...]: try ExceptionFold.apply(event, to: &views)
        case ControlDecider.prefix[...]: try ControlFold.apply(event, to: &views)
        case BaselineDecider.prefix[...]: try BaselineFold.apply(event, to: &views)
        case PolicyDecider.prefix[...] where event.stream != BuiltInNumbers.stream:
            try PolicyFold.apply(event, to: &views)
        case FreezeDecider.prefix[...]: try FreezeFold.apply(event, to: &views)
        case CapDecider.prefix[...]: try CapFold.apply(event, to: &views)
        case ScheduleDecider.prefix[...]: try ScheduleFold.apply(event, to: &views)
        case CloudAccountDecider.prefix[...]: try CloudAccountFold.apply(event, to: &views)
        case AttributeRuleDecider.prefix[...]: try AttributeRuleFold.apply(event, to: &views)
        case EmergencyDecider.prefix[...]: try EmergencyFold.apply(event, to: &views)
        case StandingApprovalDecider.prefix[...]:
            try StandingApprovalFold.apply(event, to: &views)
        case DisasterDecider.prefix[...]: try DisasterFold.apply(event, to: &views)
        default: break
        }
    }
}
