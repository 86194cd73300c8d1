import EventSourcing

@testable import PatchManagement

/// What the keeper of exceptions keeps, and what the monitor of findings keeps of controls.
enum StoredExceptionNotes {
    static func forms() throws -> [StoredDocumentTests.Form] {
        var asset = KeptAsset(AssetRegistration(name: "web-1", address: "192.0.2.1"))
        asset.findings[uuid(80)] = "curl"
        asset.findings[uuid(81)] = "openssl"
        let request = ExceptionRequest(
            kind: .compensatingControl,
            scope: ExceptionScope(
                findings: [StreamID(prefix: "fi", uuid(80))],
                group: TargetSelector(environments: [.production], groups: ["web"])),
            until: Moments.days(90), reason: "the vendor is slow", control: Sample.control)
        var exception = KeptException(
            ExceptionRequested(
                exception: Sample.exception, request: request, digest: request.digest,
                policy: ExceptionPolicy(), requested: Moments.days(0), by: anna))
        let requested = exception
        exception.granted = Moments.days(1)
        exception.until = Moments.days(60)
        exception.restart = .restarts
        var excepted = KeptPatch(packages: ["curl"], applicable: Digest(of: "assets"))
        excepted.exceptions = [Sample.exception]
        let control = ControlRegistration(
            name: "edge", kind: .firewall, description: "in front",
            group: TargetSelector(environments: [.production]))
        return [
            StoredDocumentTests.Form("exception-note-asset", asset),
            StoredDocumentTests.Form("exception-note-requested", requested),
            StoredDocumentTests.Form("exception-note-granted", exception),
            StoredDocumentTests.Form("exception-note-patch-excepted", excepted),
            StoredDocumentTests.Form(
                "exception-note-patch",
                KeptPatch(packages: ["libcurl4", "curl"], applicable: Digest(of: "assets"))),
            StoredDocumentTests.Form(
                "finding-note-control",
                WatchedControl(registration: control, verifiedUntil: Moments.days(30))),
        ]
    }
}
