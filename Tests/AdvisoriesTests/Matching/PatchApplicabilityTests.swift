import Advisories
import Testing

@Suite("Patches against assets: applicable and installable are two questions")
struct PatchApplicabilityTests {
    private typealias Sample = MatchingSamples

    private let library = MatchingSamples.installed("Debian:12", "libcurl4 7.88-1 < curl 7.88-1")
    private let program = MatchingSamples.installed("Debian:12", "curl 7.88-1 < curl 7.88-1")
    private let newLibrary = MatchingSamples.installed("Debian:12", "libcurl4 7.88-2 < curl 7.88-2")
    private let newProgram = MatchingSamples.installed("Debian:12", "curl 7.88-2 < curl 7.88-2")

    private func index() throws -> AdvisoryIndex {
        AdvisoryIndex([
            Sample.advisory(
                "DSA-1-1", upstream: ["CVE-2024-0001", "CVE-2024-0002"],
                [try Sample.affected("Debian:12", "curl", fixed: "7.88-2")]),
            Sample.advisory(
                "DEBIAN-CVE-2024-0003", [try Sample.affected("Debian:12", "curl")]),
        ])
    }

    private func applicability(
        _ patch: OfferedPatch, _ inventory: [InstalledPackage], suppressing: [Suppression] = []
    ) throws -> PatchApplicability {
        let index = try index()
        return index.applicability(
            of: patch, to: inventory, matches: index.match(inventory, suppressing: suppressing))
    }

    @Test("A patch fixes what the asset has and its versions haven't, and updates what is older")
    func applicable() throws {
        let patch = OfferedPatch(packages: [newLibrary, newProgram])
        let both = try applicability(patch, [library, program])
        #expect(both.isApplicable)
        #expect(both.fixes == ["CVE-2024-0001", "CVE-2024-0002"])
        #expect(both.updates.map(\.installed) == [program, library])
        let one = try applicability(patch, [library, newProgram])
        #expect(one.updates.map(\.installed) == [library])
        #expect(one.updates.map(\.offered) == ["7.88-2"])
        let none = try applicability(patch, [newLibrary])
        #expect(!none.isApplicable)
    }

    @Test("What its vendor says that it fixes counts, for the packages that it brings")
    func vendorsWord() throws {
        let patch = OfferedPatch(packages: [newLibrary], vulnerabilities: ["CVE-2024-0003"])
        let fixes = try applicability(patch, [library, program]).fixes
        #expect(fixes == ["CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0003"])
        let firmware = OfferedPatch(packages: [], vulnerabilities: ["DSA-1-1"])
        #expect(try applicability(firmware, [library]).fixes == ["CVE-2024-0001", "CVE-2024-0002"])
        #expect(try applicability(firmware, [newLibrary]).isApplicable == false)
    }

    @Test("What is suppressed needs no fix, though the update remains")
    func suppressed() throws {
        let patch = OfferedPatch(packages: [newLibrary])
        let rule = Suppression(id: "R", vulnerability: "CVE-2024-0001", reason: "for a test")
        let applicability = try applicability(patch, [library], suppressing: [rule])
        #expect(applicability.fixes == ["CVE-2024-0002"])
        #expect(applicability.isApplicable)
    }

    @Test("A version that can't be compared leaves it open")
    func undetermined() throws {
        let odd = InstalledPackage(ecosystem: Ecosystem("PyPI"), name: "a", version: "custom-x")
        let patch = OfferedPatch(packages: [Sample.installed("PyPI", "a 1.0")])
        #expect(try applicability(patch, [odd]).undetermined == [odd])
        #expect(try applicability(patch, [odd]).isApplicable)
        let other = OfferedPatch(packages: [Sample.installed("Debian:11", "libcurl4 9")])
        #expect(try applicability(other, [library]).isApplicable == false)
    }

    @Test("It is installable where the asset's own repositories offer all of it that it has")
    func installable() {
        let patch = OfferedPatch(packages: [newLibrary, newProgram])
        let newer = Sample.installed("Debian:12", "libcurl4 7.88-3")
        func answer(_ repositories: InstalledPackage...) -> PatchInstallability {
            patch.installability(on: [library, program], offering: repositories)
        }
        #expect(answer(newLibrary, newProgram).isInstallable)
        #expect(answer(newer, newProgram).isInstallable)
        let old = answer(newLibrary, program)
        #expect(!old.isInstallable)
        #expect(old.available == [newLibrary])
        #expect(old.missing.map(\.package) == [newProgram])
        #expect(old.missing.map(\.offered) == ["7.88-1"])
        #expect(answer(newLibrary).missing.map(\.offered) == [nil])
        // What the asset hasn't needn't be offered; of nothing nothing can be installed.
        #expect(patch.installability(on: [library], offering: [newLibrary]).isInstallable)
        #expect(!patch.installability(on: [], offering: [newLibrary]).isInstallable)
    }
}
