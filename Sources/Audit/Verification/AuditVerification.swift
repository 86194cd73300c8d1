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
        checked.documents = try checkDocuments(entries.named, &findings)
        return AuditReport(findings, opened, checked: checked, notes: notes(entries, opened.size))
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

    /// - Returns: How many documents were found to be what their events name.
    private func checkDocuments(
        _ named: NamedDocuments, _ findings: inout AuditFindings
    ) throws(BundleError) -> Int64 {
        var checked: Int64 = 0
        for (hash, position) in named.inOrder {
            let digest = hash.digest
            guard let bytes = try bundle.read(.document(digest)) else {
                findings.incomplete(
                    "the document \(digest), which the event names, is missing", at: position)
                continue
            }
            if DocumentDigest.of(bytes) == digest {
                checked += 1
            } else {
                findings.tampered(
                    "the document \(digest), which the event names, is another one", at: position)
            }
        }
        return checked
    }

    private func notes(_ entries: EntryAudit, _ size: Int64) -> [String] {
        var notes = entries.dates?.notes(inLogOf: size) ?? []
        let spare = bundle.parts.count { part in
            if case .document(let digest) = part { return !entries.named.contains(digest) }
            return false
        }
        if spare > 0 {
            notes.append("documents that no event names, and that were not read: \(spare)")
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
