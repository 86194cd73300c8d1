import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Importing an inventory")
struct InventoryImportTests {
    @Test("Groups, variables and quotes say what a host is")
    func ansible() throws {
        let hosts = try InventoryImport.read(
            """
            # the shop
            [lab]
            lab-1 ansible_host=192.0.2.1 criticality=low

            [production:children]
            web

            [web]
            web-1 ansible_host=192.0.2.2 ansible_port=2222 patchflow_owner="Rita B"
            web-2 ansible_host=2001:db8::2 ; the spare one

            [web:vars]
            ansible_user = deploy
            patchflow_site = north
            """)
        #expect(hosts.map(\.name) == ["lab-1", "web-1", "web-2"])
        #expect(hosts.map(\.environment) == [.lab, .production, .production])
        #expect(hosts[0].criticality == .low && hosts[0].user == "root")
        #expect(hosts[1].port == 2222 && hosts[1].owner == "Rita B" && hosts[1].site == "north")
        #expect(hosts[2].address == "2001:db8::2" && hosts[2].user == "deploy")
        #expect(hosts[2].group == "web")
    }

    @Test(
        "What is wrong is named with its line",
        arguments: [
            ("web-1\n-oProxyCommand=id\nweb-3", "line 2: name '-oProxyCommand=id'"),
            ("web-1\n\nweb;reboot ansible_host=10.0.0.1", "line 3: name 'web;reboot'"),
            ("[lab\nweb-1", "line 1: section '[lab'"),
            ("[a:b:c]\nweb-1", "line 1: section '[a:b:c]'"),
            ("[-x]\nweb-1", "line 1: group '-x'"),
            ("web-1 ansible_port=ssh", "line 1: port 'ssh'"),
            ("web-1 ansible_port=70000", "line 1: port '70000'"),
            ("web-1 ansible_user=-l", "line 1: user '-l'"),
            ("web-1 ansible_host=$(id)", "line 1: address '$(id)'"),
            ("web-1\nweb-2 environment=prod", "line 2: environment 'prod'"),
            ("web-1\nweb-2 lonely", "line 2: variable 'lonely'"),
            ("web-1 patchflow_colour=red", "line 1: patchflow_colour 'red'"),
            ("web-[9:1]", "line 1: name 'web-[9:1]'"),
            ("web-1 owner=\"open", "line 1: quote"),
            // It could not be erased.
            ("web-1 owner=rita@example.com", "line 1: owner 'rita@example.com'"),
            ("a ansible_host=10.0.0.1\nb ansible_host=10.0.0.1", "line 2: address '10.0.0.1'"),
            ("[web:vars]\nno sign", "line 2: variable 'no sign'"),
            ("", "line 1: inventory ''"),
            ("web-1\u{1b}[2J", "name 'web-1\\u{1b}[2J'"),
            ("[{\"name\": \"a\"}, {\"name\": \"-b\"}]", "entry 2: name '-b'"),
            ("[{\"name\": \"a\", \"port\": \"x\"}]", "entry 1: port 'x'"),
            ("[{\"name\": \"a\", \"colour\": \"red\"}]", "entry 1: colour"),
            ("[{\"name\": 7}]", "entry 1: name"), ("[{]", "entry 1: inventory"),
        ])
    func faults(_ text: String, _ words: String) {
        #expect {
            try InventoryImport.read(text)
        } throws: {
            ($0 as? InventoryImportError)?.description.contains(words) == true
        }
    }

    @Test("Everything wrong is told at once, in the order of the lines")
    func several() {
        do {
            _ = try InventoryImport.read("-a\nb ansible_port=0\nc ansible_host=;")
            Issue.record("it was taken")
        } catch {
            #expect(
                error.faults.map { "\($0.place.number) \($0.field)" } == [
                    "1 address", "1 name", "2 port", "3 address",
                ])
        }
    }

    @Test(
        "A patch whose package could be a shell word is refused, naming it",
        arguments: [
            "bash; rm -rf /", "$(reboot)", "`id`", "a b", "-o", "curl&&id", "curl\nid", "../curl",
            "curl|sh", "curl>x", "CURL", "",
        ])
    func packages(_ name: String) {
        let package = PackageSelection(name: name, architecture: "amd64", version: "1.0")
        let identification = PatchIdentification(
            vendorID: "X-1", title: "x", kind: .update, purpose: .security, sourcePackage: "curl",
            packages: [package], origin: "Debian")
        let refusal = PatchStory().refusal(
            of: .identify(identification, patch: PatchStory.id, policy: PatchPolicy()), by: vera)
        #expect(refusal?.code == "bad-package" && refusal?.kind == .invalid)
        let source = PatchIdentification(
            vendorID: "X-1", title: "x", kind: .update, purpose: .security, sourcePackage: name,
            packages: [Sample.package], origin: "Debian")
        #expect(
            PatchStory().refusal(
                of: .identify(source, patch: PatchStory.id, policy: PatchPolicy()), by: vera)?.code
                == "bad-source-package")
    }
}
