import EventSourcing
import Executors
import Foundation
import PatchManagement
import Support
import Testing

/// I4 and I5, as the hosts' own records keep them, counted by the packages' own scripts.
extension RealHosts {
    @Suite struct AtMostOnce {
        @Test func aSecondExecutionOfAnAttemptIsRefusedI4() async throws {
            let scene = try Scene(13)
            let pin = try await scene.pin("pf-demo")
            let attempt = UUID()
            let results = await withTaskGroup(of: WorkResult.self) { group in
                for _ in 0..<5 {
                    group.addTask { await scene.install(pin, attempt: attempt, fence: 11) }
                }
                return await group.reduce(into: []) { $0.append($1) }
            }
            #expect(results.filter { $0.execution?.exitCode == 0 }.count == 1, "\(results)")
            #expect(results.filter { $0.failure?.cause == .refusedByHost }.count == 4)
            let later = await scene.install(pin, attempt: attempt, fence: 99)
            #expect(later.failure?.cause == .refusedByHost)
            #expect(try await scene.fleet.count(scene.number, "pf-demo", "1.0-2") == 1)
        }

        @Test func anOrderThatIsWithheldNeverReachesTheHostI6() async throws {
            let scene = try Scene(29)
            let attempt = UUID()
            let order = WorkOrder(
                activity: UUID(), fence: 7, host: scene.host,
                work: .install(attempt: attempt, packages: [try await scene.pin("pf-demo")]),
                timeLimit: .seconds(60))
            let result = await scene.executor.perform(order) { false }
            #expect(result.failure?.cause == .unreachable)
            #expect(await scene.probe(attempt, fence: 7) == .probe(.neverStarted))
            #expect(try await scene.fleet.count(scene.number, "pf-demo", "1.0-2") == 0)
            // Allowed, the very same order is carried out.
            #expect(await scene.executor.perform(order) { true }.execution?.exitCode == 0)
        }

        @Test func aLowerFenceIsRefusedI5() async throws {
            let scene = try Scene(14)
            let pin = try await scene.pin("pf-demo")
            let attempt = UUID()
            // The probe makes sure that nothing older can start any more.
            #expect(await scene.probe(attempt, fence: 50) == .probe(.neverStarted))
            let late = await scene.install(pin, attempt: attempt, fence: 49)
            #expect(late.failure?.cause == .refusedByHost)
            #expect(late.failure?.detail.contains("49 is lower than 50") == true)
            #expect(await scene.probe(attempt, fence: 49).failure?.cause == .refusedByHost)
            #expect(try await scene.fleet.count(scene.number, "pf-demo", "1.0-2") == 0)
            #expect(await scene.probe(attempt, fence: 50) == .probe(.neverStarted))
            let next = await scene.install(pin, attempt: UUID(), fence: 51)
            #expect(next.execution?.exitCode == 0)
            #expect(try await scene.fleet.count(scene.number, "pf-demo", "1.0-2") == 1)
        }

        @Test func aKilledClientIsReplacedAndNothingRunsTwiceI4() async throws {
            let scene = try Scene(15)
            let pin = try await scene.pin("pf-slow")
            async let installing = scene.install(pin, fence: 11)
            try await scene.waitUntil("grep -qx 1.0-2 /var/lib/fleet-counts/pf-slow")
            #expect(try killClients(of: scene.host) > 0)
            let result = await installing
            #expect(result.execution?.exitCode == 0, "\(result)")
            #expect(try await scene.fleet.count(scene.number, "pf-slow", "1.0-2") == 1)
        }

        @Test func whatADeadWorkerStartedGoesOnAndIsFoundByAProbeI4() async throws {
            let scene = try Scene(16)
            let pin = try await scene.pin("pf-slow")
            let attempt = UUID()
            let worker = Task { await scene.install(pin, attempt: attempt, fence: 11) }
            try await scene.waitUntil("grep -qx 1.0-2 /var/lib/fleet-counts/pf-slow")
            worker.cancel()
            try killClients(of: scene.host)
            #expect(await worker.value.failure?.cause == .lost)

            let another = try Scene(16)
            #expect(await another.probe(attempt, fence: 20) == .probe(.running))
            let end = try await another.probeToEnd(attempt, fence: 21)
            #expect(end.execution?.exitCode == 0, "\(end)")
            #expect(try await scene.version("pf-slow") == "installed 1.0-2")
            // The dead worker wakes up, with its old fence.
            let woken = await scene.install(pin, attempt: attempt, fence: 11)
            #expect(woken.failure?.cause == .refusedByHost)
            #expect(try await scene.fleet.count(scene.number, "pf-slow", "1.0-2") == 1)
        }

        @Test func aHostThatVanishesAfterTheStartIsLostThenInterruptedI4() async throws {
            let scene = try Scene(17) { $0.reconnectTimeout = .seconds(2) }
            let pin = try await scene.pin("pf-slow")
            let attempt = UUID()
            async let installing = scene.install(pin, attempt: attempt, fence: 11)
            try await scene.waitUntil("grep -qx 1.0-2 /var/lib/fleet-counts/pf-slow")
            try await scene.fleet.fault("vanish", on: scene.number)
            let result = await installing
            #expect(result.failure?.cause == .lost, "\(result)")
            #expect(await scene.probe(attempt, fence: 20).failure?.cause == .unreachable)
            try await scene.fleet.heal(scene.number)
            #expect(await scene.probe(attempt, fence: 21) == .probe(.interrupted))
            let again = await scene.install(pin, attempt: attempt, fence: 22)
            #expect(again.failure?.cause == .refusedByHost)
            #expect(try await scene.fleet.count(scene.number, "pf-slow", "1.0-2") == 1)
        }

        @Test func aScriptThatHangsTimesOutAndGoesOnI6() async throws {
            let scene = try Scene(18)
            let pin = try await scene.pin("pf-hangs")
            let attempt = UUID()
            let result = await scene.install(
                pin, attempt: attempt, fence: 11, limit: .seconds(5))
            #expect(result.failure?.cause == .timedOut, "\(result)")
            #expect(await scene.probe(attempt, fence: 20) == .probe(.running))
            try await scene.fleet.shell(scene.number, "touch /run/pf-hangs-release")
            let end = try await scene.probeToEnd(attempt, fence: 21)
            #expect(end.execution?.exitCode == 0, "\(end)")
            #expect(try await scene.fleet.count(scene.number, "pf-hangs", "1.0-2") == 1)
        }

        /// kill -9 for every ssh client that this process has to the host.
        @discardableResult private func killClients(of host: HostAddress) throws -> Int {
            var killed = 0
            for name in try FileManager.default.contentsOfDirectory(atPath: "/proc") {
                guard let pid = pid_t(name),
                    let words = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline"),
                    let status = FileManager.default.contents(atPath: "/proc/\(pid)/status")
                else { continue }
                let arguments = words.split(separator: 0).map {
                    String(decoding: $0, as: UTF8.self)
                }
                let isOurs = String(decoding: status, as: UTF8.self)
                    .contains("\nPPid:\t\(getpid())\n")
                guard arguments.first == "/usr/bin/ssh", arguments.contains(host.address), isOurs
                else { continue }
                killed += kill(pid, SIGKILL) == 0 ? 1 : 0
            }
            return killed
        }
    }
}
