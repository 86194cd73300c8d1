internal import Application
internal import EventSourcing
internal import PatchManagement

extension PatchWork {
    /// Reads inventory or offers from a host. Nothing is changed there, so a lost worker's scan is
    /// simply done again.
    func runScan(_ activity: ClaimedActivity) async throws {
        let task = try CanonicalJSON.decode(ScanTask.self, from: activity.data)
        guard let scan = Scan.allCases.first(where: { $0.work == task.work }) else {
            return try await drop(activity)
        }
        try await perform(activity, order(activity, task.host, task.work)) { result in
            var options = using(activity, .complete)
            options.documents = AssetDecider.document(of: result).map { [$0] } ?? []
            try await settle(
                activity, AssetDecider.self, .recordScan(scan, result),
                context(activity, "result"), options)
        }
    }
}
