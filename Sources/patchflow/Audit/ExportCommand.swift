internal import APIContract
internal import ArgumentParser
internal import Audit
internal import CommandLineClient
internal import EventSourcing
internal import Foundation
internal import TransparencyLog

struct ExportCommand: ClientCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Writes history into a file that 'audit verify' checks without the server.",
        discussion: """
            The whole log up to a checkpoint, or a part of it: a range of positions, a stream, or \
            everything of a patch, a rollout or an asset. A part proves that it is in the log; only \
            the whole shows that nothing was left out. The same checkpoint and choice give the same \
            bytes.

            Without --size or --quorum it is the latest checkpoint that a witness has cosigned, \
            unless that lies more than ten minutes behind; then, and where no witness is asked, the \
            latest one.
            """)

    @Option(help: "The file to be written.")
    var file: String

    @Option(help: "At the checkpoint of so many entries instead of the latest.")
    var size: Int64?

    @Option(
        help: ArgumentHelp(
            "At the latest checkpoint that so many witnesses have cosigned, however old.",
            valueName: "number"))
    var quorum: Int?

    @Option(help: ArgumentHelp("From this position on.", valueName: "position"))
    var from: Int64?

    @Option(help: ArgumentHelp("Up to this position.", valueName: "position"))
    var to: Int64?

    @Option(help: ArgumentHelp("The events of this stream; may be repeated.", valueName: "id"))
    var stream: [String] = []

    @Option(help: "A patch with its rollouts and their deployments.")
    var patch: String?

    @Option(help: "A rollout with its deployments.")
    var rollout: String?

    @Option(help: "An asset.")
    var asset: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        try CheckpointResource.validate(size: size, quorum: quorum)
    }

    func run(_ session: Session) async throws {
        let checkpoint = try await CheckpointResource.fetch(
            size, cosignatures: quorum, session)
        let selection = try await selection(session, checkpoint.size)
        var positions: [Int64] = []
        if case .streams(let streams) = selection {
            positions = try await Self.positions(of: streams, upTo: checkpoint.size, session)
        }
        let export = try BundleExport(
            at: SignedNote(Array(checkpoint.note.utf8)), selection, positions: positions)
        let bytes = try await DurableExport.write(
            export, from: ServedLog(session: session), to: file)
        session.printer.note(
            "\(file): \(bytes) bytes, \(Self.words(selection, positions.count)), at the checkpoint "
                + "of \(checkpoint.size) entries")
    }

    // MARK: What is chosen

    private func selection(_ session: Session, _ size: Int64) async throws -> BundleSelection {
        let isRange = from != nil || to != nil
        let ids = stream + [patch, rollout, asset].compactMap(\.self)
        guard !isRange || ids.isEmpty else {
            throw ClientFailure.usage(
                "--from and --to choose positions, the other options streams: give one or the other"
            )
        }
        if isRange {
            let (first, last) = (from ?? 1, to ?? size)
            guard 1 <= first, first <= last else {
                throw ClientFailure.usage(
                    "--from \(first) --to \(last) is no range: the first position is 1")
            }
            return .range(first...last)
        }
        guard !ids.isEmpty else { return .whole }
        var chosen = stream
        if let asset { chosen.append(asset) }
        var rollouts = [rollout].compactMap(\.self)
        if let patch {
            chosen.append(patch)
            let page: ListPage<RolloutResource> = try await session.client.list(
                "rollouts", query: ["patch": patch])
            rollouts += page.data.map(\.id)
        }
        for rollout in rollouts {
            chosen.append(rollout)
            let page: ListPage<DeploymentResource> = try await session.client.list(
                "rollouts/\(APIClient.percentEncoded(rollout))/deployments")
            chosen += page.data.map(\.id)
        }
        return .streams(try Set(chosen).sorted().map(Self.streamID))
    }

    private static func streamID(_ text: String) throws -> StreamID {
        guard let id = StreamID(text) else {
            throw ClientFailure.usage("'\(text)' is no id of a stream, such as pa_... or ro_...")
        }
        return id
    }

    private static func positions(
        of streams: [StreamID], upTo size: Int64, _ session: Session
    ) async throws -> [Int64] {
        var positions: [Int64] = []
        for stream in streams {
            let page: ListPage<EventResource> = try await session.client.list(
                "events", query: ["stream": stream.text])
            guard !page.data.isEmpty else {
                throw ClientFailure.usage("there is no event of '\(stream)' in the log")
            }
            positions += page.data.map(\.position).filter { $0 <= size }
        }
        return positions.sorted()
    }

    private static func words(_ selection: BundleSelection, _ positions: Int) -> String {
        switch selection {
        case .whole: "the whole log"
        case .range(let range), .archive(let range):
            "positions \(range.lowerBound) to \(range.upperBound)"
        case .streams(let streams): "\(positions) events of \(streams.count) streams"
        }
    }
}

/// The log as a server serves it.
private struct ServedLog: BundleSource {
    let session: Session

    func tile(_ tile: TileID) async throws -> [UInt8] { try await file("\(tile)") }

    func entries(_ bundle: BundleID) async throws -> [UInt8] { try await file("\(bundle)") }

    func document(_ digest: Digest) async throws -> [UInt8]? {
        do {
            return try await file("document/\(digest)")
        } catch ClientFailure.problem(let problem) where problem.status == 404 {
            return nil
        }
    }

    private func file(_ path: String) async throws -> [UInt8] {
        Array(
            try await session.client.getBytes(
                "log/\(path)", accept: "application/octet-stream"))
    }
}
