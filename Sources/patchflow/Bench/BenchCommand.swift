internal import ArgumentParser

struct Bench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Measures patchflow on a PostgreSQL of its own.",
        discussion: """
            Each figure is one line: patchflow WORKLOAD METRIC VALUE UNIT. Machines and disks \
            swing: only ratios of runs that were taken in turn, seconds apart, are worth quoting.
            """,
        subcommands: [
            AppendBenchmark.self, ReplayBenchmark.self, LifecycleBenchmark.self,
            DispatchBenchmark.self, SealBenchmark.self, AuditBenchmark.self, SizeBenchmark.self,
            IntakeBenchmark.self, RolloutBenchmark.self,
            AppendBenchmarkProcess.self, LifecycleWorker.self, DispatchWorker.self,
            AuditBenchmarkProcess.self, IntakeBenchmarkProcess.self, RolloutWorker.self,
        ])
}
