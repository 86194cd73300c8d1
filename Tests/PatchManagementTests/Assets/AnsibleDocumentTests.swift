import EventSourcing
import JSON
import Support
import Testing

@testable import PatchManagement

@Suite("What Ansible is told of the assets")
struct AnsibleDocumentTests {
    private static let web = ListedAsset(
        AssetRegistration(
            name: "web-1", address: "192.0.2.2", port: 2222, user: "deploy", site: "north",
            environment: .staging, group: "web", criticality: .veryHigh, exposure: .open,
            owner: "Team B"),
        AssetAttributes(
            kind: .cloudInstance, location: "Hall 3", os: "debian", osVersion: "12",
            architecture: "amd64", hardwareModel: "KVM", addresses: ["10.0.0.1"],
            failureDomain: "rack-2", complianceScopes: ["pci"]))

    @Test("The list has groups, and all variables under _meta")
    func list() throws {
        let other = ListedAsset(AssetRegistration(name: "db", address: "db"))
        let document = AnsibleDocument.list([Self.web, other])
        #expect(
            String(decoding: try CanonicalJSON.encode(document), as: UTF8.self)
                == #"{"_meta":{"hostvars":{"db":{"ansible_host":"db","ansible_port":22,"#
                + #""ansible_user":"root","patchflow_criticality":"medium","#
                + #""patchflow_environment":"production","patchflow_exposure":"internal","#
                + #""patchflow_group":"ungrouped","patchflow_kind":"machine","#
                + #""patchflow_site":"default"},"web-1":{"ansible_host":"192.0.2.2","#
                + #""ansible_port":2222,"ansible_user":"deploy","#
                + #""patchflow_addresses":["10.0.0.1"],"patchflow_architecture":"amd64","#
                + #""patchflow_compliance_scopes":["pci"],"patchflow_criticality":"veryHigh","#
                + #""patchflow_environment":"staging","patchflow_exposure":"public","#
                + #""patchflow_failure_domain":"rack-2","patchflow_group":"web","#
                + #""patchflow_hardware_model":"KVM","patchflow_kind":"cloud-instance","#
                + #""patchflow_location":"Hall 3","patchflow_os":"debian","#
                + #""patchflow_os_version":"12","patchflow_owner":"Team B","#
                + #""patchflow_site":"north"}}},"all":{"children":["environment_production","#
                + #""environment_staging","site_default","site_north","ungrouped","web"]},"#
                + #""environment_production":{"hosts":["db"]},"#
                + #""environment_staging":{"hosts":["web-1"]},"#
                + #""site_default":{"hosts":["db"]},"site_north":{"hosts":["web-1"]},"#
                + #""ungrouped":{"hosts":["db"]},"#
                + #""web":{"hosts":["web-1"]}}"#)
        #expect(document["_meta"]?["hostvars"]?["web-1"] == AnsibleDocument.host(Self.web))
        #expect(
            AnsibleDocument.list([])
                == .object([
                    "_meta": .object(["hostvars": .object([:])]),
                    "all": .object(["children": .array([])]),
                ]))
    }

    @Test("What is told is read again as the same assets, in any order")
    func roundTrip() throws {
        var random = SeededRandom.fresh("Ansible's document")
        for _ in 0..<50 {
            let assets = (0..<1 + random.below(9)).map { Self.asset($0, &random) }
            let shuffled = assets.shuffled(using: &random)
            let text = String(
                decoding: try CanonicalJSON.encode(AnsibleDocument.list(shuffled)), as: UTF8.self)
            let read = try InventoryImport.read(text, as: .script)
            #expect(Set(read) == Set(assets))
            // JSON is YAML too, of the sort that inventories are written in.
            #expect(throws: Never.self) { try YAMLReader.read(text) }
        }
    }

    /// Ansible would run what they say.
    @Test("A text that Ansible would evaluate is not told", arguments: ["{{", "{%", "{#"])
    func templates(_ opening: String) {
        var asset = Self.web
        asset.registration.owner = "\(opening) lookup('pipe', 'id') }}"
        asset.attributes.location = "x \(opening)"
        guard case .object(let variables) = AnsibleDocument.host(asset) else {
            Issue.record("it is no object")
            return
        }
        #expect(variables["patchflow_owner"] == nil && variables["patchflow_location"] == nil)
        #expect(variables["patchflow_os"] == .string("debian"))
    }

    @Test("Groups that bear the names of Ansible's own are filled, not doubled")
    func names() {
        let asset = ListedAsset(AssetRegistration(name: "a", address: "a", group: "all"))
        #expect(
            AnsibleDocument.list([asset])["all"]
                == .object([
                    "children": .array([.string("environment_production"), .string("site_default")]
                    ),
                    "hosts": .array([.string("a")]),
                ]))
        // A play on an environment reaches what is registered for it, and nothing else.
        let same = ListedAsset(
            AssetRegistration(name: "a", address: "a", group: "environment_staging"))
        #expect(AnsibleDocument.list([same])["environment_staging"] == nil)
    }

    private static func asset(_ index: Int, _ random: inout SeededRandom) -> ListedAsset {
        let kind = random.pick(AssetKind.allCases)
        return ListedAsset(
            AssetRegistration(
                name: "h\(index)", address: "10.0.0.\(index)", port: 1 + random.below(65_535),
                user: random.pick(["root", "deploy"]), site: random.pick(["north", "s.1"]),
                environment: random.pick(Environment.allCases),
                group: random.pick(["web", "all", "lab", "ungrouped"]),
                criticality: random.pick(Criticality.allCases),
                exposure: random.pick(Exposure.allCases),
                owner: random.pick(["", "Team \"é\" \\ 7", "a: b #c"])),
            AssetAttributes(
                kind: kind, location: random.pick(["", "Hall 3, left"]),
                addresses: random.pick([[], ["10.1.0.1", "fe80::1"]]),
                complianceScopes: random.pick([[], ["pci"], ["pci", "gdpr"]]),
                image: kind == .image ? "sha256:ab" : random.pick([nil, "ami-1"]),
                isEphemeral: random.pick([nil, true, false]),
                firmwareVersion: random.pick([nil, "17.9"])))
    }
}
