internal import APIContract
internal import Application
private import HTTPServing
internal import PatchManagement

/// The group of assets that a request has to describe.
func group(
    _ group: AssetGroupSelector, field: String
) throws(InvalidInput) -> PatchManagement.TargetSelector {
    guard let selector = try selector(group, field: field) else {
        throw InvalidInput(field: field, message: "is empty; name an environment")
    }
    return selector
}

extension ApproveManyResource.Item {
    init(_ answer: ApprovalAnswer) {
        switch answer.outcome {
        case .success(let written):
            // Where others have to approve as well, it waits on.
            let isWaiting = written.state == PatchState.awaitingApproval.rawValue
            self.init(
                id: answer.id, outcome: isWaiting ? "given" : "approved", state: written.state,
                version: written.version, position: written.position)
        case .failure(let error):
            self.init(
                id: answer.id, outcome: "refused", problem: Problem(error, requestID: ""))
        }
    }
}
