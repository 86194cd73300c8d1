internal import APIContract
internal import Application
internal import EventSourcing
internal import PatchManagement

extension ExceptionRequest {
    /// - Throws: `InvalidInput` that names the field.
    init(_ request: RequestExceptionRequest) throws(InvalidInput) {
        let scope = request.scope
        self.init(
            kind: try choice(request.kind, field: "kind"),
            scope: ExceptionScope(
                findings: try streams(scope.findings ?? [], field: "scope.findings"),
                patches: try streams(scope.patches ?? [], field: "scope.patches"),
                assets: try streams(scope.assets ?? [], field: "scope.assets"),
                group: try selector(scope.group, field: "scope.group")),
            until: try moment(request.until, field: "until"), reason: request.reason,
            control: try request.control.map { text throws(InvalidInput) in
                try streams([text], field: "control")[0]
            })
    }
}

/// The ids that a request names.
func streams(_ texts: [String], field: String) throws(InvalidInput) -> [StreamID] {
    var ids: [StreamID] = []
    for text in texts {
        guard let id = StreamID(text) else {
            throw InvalidInput(
                field: field, message: "'\(text)' is not an id; list them to see their ids")
        }
        ids.append(id)
    }
    return ids
}

/// The group of assets that a request describes.
func selector(
    _ group: AssetGroupSelector?, field: String
) throws(InvalidInput) -> PatchManagement.TargetSelector? {
    guard let group else { return nil }
    var environments: [Environment] = []
    for name in group.environments {
        environments.append(try choice(name, field: "\(field).environments"))
    }
    return PatchManagement.TargetSelector(
        environments: environments, sites: group.sites ?? [], groups: group.groups ?? [],
        includesLaterAssets: true)
}

/// The moment that a request names.
func moment(_ text: String, field: String) throws(InvalidInput) -> Timestamp {
    guard let moment = Timestamp(text) else {
        throw InvalidInput(
            field: field, message: "'\(text)' is not a time such as 2026-03-01T09:30:00Z")
    }
    return moment
}

func moment(_ text: String?, field: String) throws(InvalidInput) -> Timestamp? {
    guard let text else { return nil }
    let moment: Timestamp = try moment(text, field: field)
    return moment
}
