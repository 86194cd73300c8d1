import Testing

@testable import PatchManagement

@Suite("Lists of assets: Ansible's YAML and script, CSV, JSON")
struct AssetListTests {
    /// The same three hosts in every form.
    private static let texts: [(format: AssetListFormat, text: String)] = [
        (
            .ini,
            """
            [lab]
            lab-1 ansible_host=192.0.2.1 criticality=low

            [production:children]
            web

            [web]
            web-1 ansible_host=192.0.2.2 ansible_port=2222 patchflow_owner="Team B" \
            patchflow_compliance_scopes=pci;gdpr
            web-2 ansible_host=2001:db8::2 patchflow_kind=network-device

            [web:vars]
            ansible_user = deploy
            patchflow_site = north
            """
        ),
        (
            .yaml,
            """
            ---
            # the shop
            all:
              children:
                lab:
                  hosts:
                    lab-1: {ansible_host: 192.0.2.1, criticality: low}
                production:
                  children:
                    web:
                      hosts:
                        web-1:
                          ansible_host: "192.0.2.2"   # the first one
                          ansible_port: 2222
                          patchflow_owner: Team B
                          patchflow_compliance_scopes:
                          - pci
                          - gdpr
                          other: {nested: [1, 2]}
                        web-2:
                          ansible_host: 2001:db8::2
                          patchflow_kind: network-device
                      vars:
                        ansible_user: deploy
                        patchflow_site: 'north'
                        secret: !vault |
                          $ANSIBLE_VAULT;1.1;AES256
                          3030: 30
            """
        ),
        (
            .script,
            """
            {"_meta": {"hostvars": {
               "lab-1": {"ansible_host": "192.0.2.1", "criticality": "low"},
               "web-1": {"ansible_host": "192.0.2.2", "ansible_port": 2222, "x": [{}],
                 "patchflow_owner": "Team B", "patchflow_compliance_scopes": ["pci", "gdpr"]},
               "web-2": {"ansible_host": "2001:db8::2", "patchflow_kind": "network-device"}}},
             "all": {"children": ["lab", "production", "ungrouped"]},
             "lab": ["lab-1"], "production": {"children": ["web"]},
             "web": {"hosts": ["web-1", "web-2"],
               "vars": {"ansible_user": "deploy", "patchflow_site": "north"}}}
            """
        ),
        (
            .csv,
            """
            Name,Address,Port,User,Site,Environment,Group,Criticality,Owner,Compliance Scopes,Kind
            lab-1,192.0.2.1,,,,lab,lab,low,,,
            web-1,192.0.2.2,2222,deploy,north,production,web,,Team B,pci;gdpr,
            web-2,2001:db8::2,,deploy,north,production,web,,,,network-device
            """
        ),
        (
            .json,
            """
            [{"name": "lab-1", "address": "192.0.2.1", "environment": "lab", "group": "lab",
              "criticality": "low"},
             {"name": "web-1", "address": "192.0.2.2", "port": 2222, "user": "deploy",
              "site": "north", "group": "web", "owner": "Team B",
              "compliance_scopes": ["pci", "gdpr"]},
             {"name": "web-2", "address": "2001:db8::2", "user": "deploy", "site": "north",
              "group": "web", "kind": "network-device"}]
            """
        ),
    ]

    private static let assets = [
        ListedAsset(
            AssetRegistration(
                name: "lab-1", address: "192.0.2.1", environment: .lab, group: "lab",
                criticality: .low)),
        ListedAsset(
            AssetRegistration(
                name: "web-1", address: "192.0.2.2", port: 2222, user: "deploy", site: "north",
                group: "web", owner: "Team B"),
            AssetAttributes(complianceScopes: ["pci", "gdpr"])),
        ListedAsset(
            AssetRegistration(
                name: "web-2", address: "2001:db8::2", user: "deploy", site: "north", group: "web"),
            AssetAttributes(kind: .networkDevice)),
    ]

    @Test("Every form of a list says the same", arguments: Self.texts)
    func forms(_ format: AssetListFormat, _ text: String) throws {
        #expect(try InventoryImport.read(text, as: format) == Self.assets)
    }

    @Test("All attributes are read")
    func attributes() throws {
        let asset = try InventoryImport.read(
            "name,location,os,os version,architecture,hardware model,addresses,failure domain\n"
                + "plc-1,\"Hall 3, left\",vxworks,7,arm,S7-1500,10.0.0.1;fe80::1,rack-2\n", as: .csv
        )[0]
        #expect(
            asset.attributes
                == AssetAttributes(
                    location: "Hall 3, left", os: "vxworks", osVersion: "7", architecture: "arm",
                    hardwareModel: "S7-1500", addresses: ["10.0.0.1", "fe80::1"],
                    failureDomain: "rack-2"))
    }

    @Test(
        "A range names its hosts, as in Ansible",
        arguments: [
            ("db-[01:03]", ["db-01", "db-02", "db-03"]),
            ("r-[a:c].x", ["r-a.x", "r-b.x", "r-c.x"]),
            ("w[8:12:2]", ["w8", "w10", "w12"]), ("n[:1]", ["n0", "n1"]),
            ("a[1:2]b[x:y]", ["a1bx", "a1by", "a2bx", "a2by"]), ("plain", ["plain"]),
        ])
    func ranges(_ text: String, _ names: [String]) throws {
        let ini = try InventoryImport.read("[g]\n\(text) owner=x\n", as: .ini)
        #expect(ini.map(\.registration.name) == names)
        #expect(ini.allSatisfy { $0.registration.owner == "x" })
        let yaml = try InventoryImport.read("g:\n  hosts:\n    \(text): {owner: x}\n", as: .yaml)
        #expect(yaml.map(\.registration) == ini.map(\.registration))
    }

    @Test(
        "Of a list with faults only those are taken with which nothing is wrong",
        arguments: [
            (AssetListFormat.json, #"[{"name":"bad","environment":5},{"name":"good"}]"#),
            (.json, #"[{"name":"bad","bogus":1},{"name":"good"}]"#),
            (.json, #"[7,{"name":"good"}]"#),
            (.yaml, "all:\n  hosts:\n    bad: 5\n    good:\n"),
            (.yaml, "all:\n  hosts:\n    bad: {criticality: {a: b}}\n    good:\n"),
            (.yaml, "all:\n  hosts:\n    good:\ng:\n  vars: {owner: {}}\n  hosts:\n    bad:\n"),
            (.ini, "bad patchflow_bogus=1\ngood\n"), (.ini, "bad owner\ngood\n"),
            (.ini, "bad owner='x\ngood\n"), (.ini, "b[1:2] patchflow_bogus=1\ngood\n"),
            (.ini, "good\n[g]\nbad\n[g:vars]\nowner\n"),
            (.script, #"{"g":["bad","good"],"_meta":{"hostvars":{"bad":{"owner":{}}}}}"#),
            (.script, #"{"g":{"hosts":["bad"],"vars":{"owner":{}}},"h":["good"]}"#),
            (.csv, "name,port\nbad,ssh\ngood,22\nbad\n"),
        ])
    func soundOnes(_ format: AssetListFormat, _ text: String) throws {
        let (assets, faults) = try InventoryImport.readSound(text, as: format)
        #expect(assets.map(\.asset.registration.name) == ["good"])
        #expect(!faults.isEmpty)
    }

    @Test(
        "What is wrong is named with its place, whatever the form",
        arguments: [
            (AssetListFormat.yaml, "all:\n  hosts:\n    -oProxyCommand=id:\n", "line 3: name"),
            (.yaml, "all:\n  hosts:\n    a: {ansible_port: ssh}\n", "line 3: port 'ssh'"),
            (.yaml, "all:\n  hosts:\n    web[9:1]:\n", "line 3: name 'web[9:1]': the range ends"),
            (.ini, "web[1:9\n", "line 1: name 'web[1:9': a range ends with ']'"),
            (.ini, "web[1]\n", "a range is [first:last]"), (.ini, "web[a:3]\n", "from a number"),
            (.ini, "web[0:99999999]\n", "at most 100000 hosts"),
            (.ini, "a[1:400][1:400]\n", "at most 100000 hosts"),
            (.yaml, "all:\n  hosts: [a, b]\n", "line 2: hosts '': it is a list"),
            (.yaml, "all:\n  hosts: a\n", "line 2: hosts 'a': it is a text"),
            (.yaml, "all:\n  host:\n    a:\n", "line 2: group 'host'"),
            (.yaml, "a b:\n  hosts:\n", "line 1: group 'a b'"), (.yaml, "- a\n", "it is a list"),
            (.yaml, "all:\n  hosts:\n    a: {owner: {b: c}}\n", "neither a text nor a list"),
            (.yaml, "all:\n  hosts:\n    a: {patchflow_colour: red}\n", "no such variable"),
            (.yaml, "all:\n  hosts:\n    a: {environment: prod}\n", "line 3: environment 'prod'"),
            (.yaml, "", "there is no host in it"), (.yaml, "all:\n\thosts:\n", "tabs"),
            (.yaml, "all: &x\n  hosts:\n", "anchors"), (.yaml, "all: *x\n", "anchors"),
            (.script, #"{"g": {"hosts": ["a;id"]}}"#, "line 1: name 'a;id'"),
            (.script, "{\"g\":\n {\"hosts\": [7]}}", "line 2: hosts '7'"),
            (.script, #"{"g": {"hosts": {"a": 1}}}"#, "no array of names"),
            (.script, #"{"g": {"host": []}}"#, "group 'host'"), (.script, "[]", "no JSON object"),
            (.script, #"{"-g": []}"#, "group '-g'"), (.script, "{\n\"g\": [}", "line 2: inventory"),
            (.script, #"{"g": ["a"], "g": ["b"]}"#, "inventory"),
            (.script, #"{"_meta": {"hostvars": {"a": {"owner": {}}}}}"#, "neither a text"),
            (.script, "{}", "there is no host"),
            (.csv, "name\n-oProxyCommand=id\n", "line 2: name '-oProxyCommand=id'"),
            (.csv, "name,colour\na,red\n", "line 1: column 'colour'"),
            (.csv, "address\n10.0.0.1\n", "line 1: column 'name'"), (.csv, "name,NAME\n", "twice"),
            (.csv, "name,port\na\n", "line 2: row"), (.csv, "name\n\"a\n", "never closed"),
            (.csv, "name,kind\na,toaster\n", "line 2: kind 'toaster'"),
            (.csv, "name,addresses\na,10.0.0.1;$(id)\n", "line 2: addresses '$(id)'"),
            (.csv, "name,compliance_scopes\na,pci;pci\n", "each once"),
            (.csv, "name\na\nb\na\n", "line 4: name 'a': it is given twice"), (.csv, "", "no host"),
            (.csv, "name,location\na,\"x\ny\"\n", "location 'x\\u{a}y'"),
            (.json, #"[{"name": "a", "addresses": [7]}]"#, "entry 1: addresses"),
            (.json, #"[{"name": "a", "name": "b"}]"#, "entry 1: inventory"),
            (.json, "{}", "entry 1: inventory"),
        ])
    func faults(_ format: AssetListFormat, _ text: String, _ words: String) {
        #expect {
            try InventoryImport.read(text, as: format)
        } throws: {
            ($0 as? InventoryImportError)?.description.contains(words) == true
        }
    }

    @Test("A list that was cut off is refused, or at least is no other list", arguments: Self.texts)
    func cutOff(_ format: AssetListFormat, _ text: String) throws {
        guard format == .script || format == .json else { return }
        let bytes = Array(text.utf8)
        for end in bytes.indices {
            let part = String(decoding: bytes[..<end], as: UTF8.self)
            #expect(throws: InventoryImportError.self) {
                try InventoryImport.read(part, as: format)
            }
        }
    }

    @Test("Many assets take time in proportion", .timeLimit(.minutes(1)))
    func many() throws {
        let lines = (0..<20_000).map {
            "h\($0) ansible_host=10.\($0 >> 16).\($0 >> 8 & 255).\($0 & 255)"
        }
        let text = "[web]\n" + lines.joined(separator: "\n")
        #expect(try InventoryImport.read(text, as: .ini).count == 20_000)
    }
}
