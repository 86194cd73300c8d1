internal import TransparencyLog

/// Verifies a bundle without database, server or network. Pure: the same bundle, keys and saved
/// checkpoint give the same report.
///
/// Checked are, in this order: the signatures; every entry, tile and the root; that the log begins
/// with what an earlier checkpoint signed; each entry's form, position and time, and the order in
/// its stream; the rules of the domain, as long as the log is what was signed; and the documents.
///
/// Memory: a tile per level, an entry bundle, the largest document, and some bytes for each stream,
/// asset, person and document. It grows with what there is, not with what happened to it.
package struct AuditVerification {
    private let bundle: AuditBundle
    private let trust: AuditTrust
    private let saved: [UInt8]?

    /// - Parameter saved: The signed note of a checkpoint that the auditor kept from before.
    package init(_ bundle: AuditBundle, trusting trust: AuditTrust, since saved: [UInt8]? = nil) {
        self.bundle = bundle
        self.trust = trust
        self.saved = saved
    }

    package func report() -> AuditReport {
        var findings = AuditFindings()
        for name in bundle.missing.prefix(AuditFindings.most) {
            findings.incomplete("'\(name)' is listed in the manifest and is not in the bundle")
        }
        do {
            return try report(&findings)
        } catch {
            findings.incomplete(error.description)
            return AuditReport(findings, nil)
        }
    }

    private func report(_ findings: inout AuditFindings) throws(BundleError) -> AuditReport {
        guard let opened = try open(&findings) else { return AuditReport(findings, nil) }
        var entries = EntryAudit(bundle.manifest.selection, signers: opened.signers)
        switch bundle.manifest.selection {
        case .whole:
            var walk = LogWalk(bundle, opened)
            try walk.run(&entries, &findings)
        case .range, .dates, .streams, .archive:
            entries.dates?.check(inLogOf: opened.size, &findings)
            var walk = SelectionWalk(bundle, opened)
            try walk.run(&entries, &findings)
        }
        var checked = entries.checked
        var named = entries.named
        let (documents, missing) = try checkDocuments(&named, &findings)
        checked.documents = documents
        return AuditReport(
            findings, opened, checked: checked,
            notes: notes(entries, named, missing: missing, opened.size))
    }

    /// The bundle's checkpoint, compared with the saved one: nil when it can't be believed.
    private func open(_ findings: inout AuditFindings) throws(BundleError) -> OpenedCheckpoint? {
        guard let note = try bundle.read(.checkpoint) else {
            throw .missingPart(name: BundlePart.checkpoint.name)
        }
        guard var opened = OpenedCheckpoint(note, trust, "the checkpoint", &findings) else {
            return nil
        }
        let manifest = bundle.manifest
        if manifest.size != opened.size || manifest.origin != opened.checkpoint.origin {
            findings.tampered(
                "the manifest is for \(manifest.size) entries of \(manifest.origin), the "
                    + "checkpoint for \(opened.size)")
        }
        if let saved {
            let anybody = AuditTrust(believing: trust)
            guard let older = OpenedCheckpoint(saved, anybody, "the saved checkpoint", &findings)
            else { return nil }
            opened.compare(with: older.checkpoint, &findings)
        }
        return opened
    }

    /// - Returns: How many documents were found to be what their events name, and how many are not
    ///   there of those that a bundle from before they were exported doesn't hold.
    private func checkDocuments(
        _ named: inout NamedDocuments, _ findings: inout AuditFindings
    ) throws(BundleError) -> (checked: Int64, missing: Int) {
        var checked: Int64 = 0
        for document in named.inOrder {
            guard let bytes = try check(document, &findings) else {
                if !bundle.has(.document(document.hash.digest)) { miss(document, &findings) }
                continue
            }
            checked += 1
            if let reason = named.read(bytes, of: document) {
                findings.add(
                    AuditFinding(.violation, reason, position: document.position, rule: "feed"))
            }
        }
        var missing = 0
        for document in named.attachedInOrder {
            if try check(document, &findings) != nil {
                checked += 1
            } else if !bundle.has(.document(document.hash.digest)) {
                missing += 1
                if bundle.manifest.attachments == true { miss(document, &findings) }
            }
        }
        return (checked, bundle.manifest.attachments == true ? 0 : missing)
    }

    private func miss(_ document: NamedDocuments.Named, _ findings: inout AuditFindings) {
        findings.incomplete(
            "the document \(document.hash), which the event names, is missing",
            at: document.position)
    }

    /// - Returns: The document's bytes; nil when it isn't there or another one, which is then said.
    private func check(
        _ document: NamedDocuments.Named, _ findings: inout AuditFindings
    ) throws(BundleError) -> [UInt8]? {
        let digest = document.hash.digest
        guard let bytes = try bundle.read(.document(digest)) else { return nil }
        if DocumentDigest.of(bytes) == digest { return bytes }
        findings.tampered(
            "the document \(digest), which the event names, is another one",
            at: document.position)
        return nil
    }

    private func notes(
        _ entries: EntryAudit, _ named: NamedDocuments, missing: Int, _ size: Int64
    ) -> [String] {
        var notes = entries.dates?.notes(inLogOf: size) ?? []
        let spare = bundle.parts.count { part in
            if case .document(let digest) = part { return !named.contains(digest) }
            return false
        }
        if spare > 0 {
            notes.append("documents that no event names, and that were not read: \(spare)")
        }
        if missing > 0 {
            notes.append(
                "the bundle is from before parts of feeds, lists of targets and reports were "
                    + "exported; of these are not in it: \(missing)")
        }
        switch bundle.manifest.selection {
        case .whole: break
        case .dates:
            notes.append(
                "a selection: what is here is what was signed; its ends hold where the time of "
                    + "recording never goes back, which a bundle of the whole log shows")
        case .range, .streams, .archive:
            notes.append(
                "a selection: what is here is what was signed; that nothing was left out of it "
                    + "only a bundle of the whole log can show")
        }
        return notes
    }
}
