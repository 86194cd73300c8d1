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
            The whole log up to a checkpoint, or a part of it: a range of positions or of dates, a \
            stream, a patch with its rollouts, a rollout with its deployments, or an asset with its \
            findings and deployments. A part proves that it is in the log; only the whole shows that \
            nothing was left out. The same checkpoint and choice give the same bytes.

            Dates are those on which the database took the events, in UTC: --from 2026-03-01 --to \
            2026-04-01 is the whole of March. The events right before and behind them are exported as \
            well, to show that they are of other dates; --without-neighbours leaves them out.

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

    @Option(
        help: ArgumentHelp(
            "From this position on, or this date or time in UTC.", valueName: "position|time"))
    var from: LogBound?

    @Option(
        help: ArgumentHelp(
            "Up to this position and with it; or before this date or time in UTC.",
            valueName: "position|time"))
    var to: LogBound?

    @Flag(help: "Of dates, leaves out the two events that show where they end.")
    var withoutNeighbours = false

    @Option(help: ArgumentHelp("The events of this stream; may be repeated.", valueName: "id"))
    var stream: [String] = []

    @Option(help: "A patch with its rollouts and their deployments.")
    var patch: String?

    @Option(help: "A rollout with its deployments.")
    var rollout: String?

    @Option(
        help: ArgumentHelp(
            "An asset with its findings and its deployments.", valueName: "name|id"))
    var asset: String?

    @OptionGroup var global: GlobalOptions

    func validate() throws {
        try CheckpointResource.validate(size: size, quorum: quorum)
        guard !withoutNeighbours || LogRange.isOfDates(from, to) else {
            throw ValidationError("--without-neighbours is for --from and --to with dates")
        }
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
            at: SignedNote(Array(checkpoint.note.utf8)), selection, positions: positions,
            showsNeighbours: !withoutNeighbours)
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
                "--from and --to choose positions or dates, the other options streams: give one "
                    + "or the other")
        }
        if isRange {
            switch try LogRange(from: from, to: to, size: size) {
            case .positions(let range): return .range(range)
            case .dates(let dates):
                let log = ServedLog(session: session)
                return .dates(dates, positions: try await log.positions(of: dates, inLogOf: size))
            }
        }
        guard !ids.isEmpty else { return .whole }
        var chosen = stream
        if let asset { chosen += try await streams(ofAsset: asset, session) }
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

    private func streams(ofAsset text: String, _ session: Session) async throws -> [String] {
        let asset = try await session.asset(called: text)
        let findings: ListPage<FindingResource> = try await session.client.list(
            "findings", query: ["asset": asset.id])
        var deployments: [String] = []
        let rollouts: ListPage<RolloutResource> = try await session.client.list("rollouts")
        for rollout in rollouts.data {
            let page: ListPage<DeploymentResource> = try await session.client.list(
                "rollouts/\(APIClient.percentEncoded(rollout.id))/deployments",
                query: ["asset": asset.id])
            deployments += page.data.map(\.id)
        }
        return [asset.id] + findings.data.map(\.id) + deployments
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
        case .dates(let dates, let range):
            range.isEmpty
                ? "no event \(dates)"
                : "positions \(range.lowerBound) to \(range.upperBound - 1), recorded \(dates)"
        case .streams(let streams): "\(positions) events of \(streams.count) streams"
        }
    }
}
