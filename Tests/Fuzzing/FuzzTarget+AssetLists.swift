import EventSourcing
import PatchManagement

extension FuzzTarget {
    static let assetLists = AssetListFormat.allCases.map(assetList)

    /// What is accepted is safe to use, and Ansible is told it in a form that reads as the same.
    private static func assetList(_ format: AssetListFormat) -> FuzzTarget {
        let name = "assets-\(format.rawValue)"
        let alphabet = "{}[]\":,'#&*|=;-_ \n\tar01é.\u{0}"
        let mutation: Mutation =
            switch format {
            case .script, .json: Mutation(documents: samples(format), alphabet: alphabet)
            case .ini, .yaml, .csv: Mutation(samples(format), alphabet: alphabet)
            }
        return FuzzTarget(name) { random throws(FuzzFailure) in
            let text = mutation.text(&random)
            let assets: [ListedAsset]
            do throws(InventoryImportError) {
                assets = try InventoryImport.read(text, as: format)
            } catch {
                if error.faults.isEmpty {
                    throw FuzzFailure(
                        target: name, law: "a refusal says what is wrong", input: [text])
                }
                return false
            }
            for asset in assets where HostName(asset.registration.name) == nil {
                throw FuzzFailure(target: name, law: "names are host names", input: [text])
            }
            let isTemplate = text.contains("{{") || text.contains("{%") || text.contains("{#")
            guard !isTemplate, let told = try? CanonicalJSON.encode(AnsibleDocument.list(assets))
            else { return true }
            let again = try? InventoryImport.read(
                String(decoding: told, as: UTF8.self), as: .script)
            if again.map(Set.init) != Set(assets) {
                throw FuzzFailure(
                    target: name, law: "what Ansible is told reads as the same assets",
                    input: [text, String(decoding: told, as: UTF8.self)])
            }
            return true
        }
    }

    private static func samples(_ format: AssetListFormat) -> [String] {
        switch format {
        case .ini:
            [
                "[lab]\na ansible_host=10.0.0.1 criticality=low\n[web:children]\nlab\n"
                    + "[web:vars]\npatchflow_site = n1\n",
                "b ansible_port=22 owner='x y' # c\n[staging]\nc\n",
            ]
        case .yaml:
            [
                "all:\n  children:\n    web:\n      hosts:\n        a: {ansible_port: 22}\n"
                    + "        b:\n          owner: 'x'\n      vars:\n        site: n1\n",
                "---\nlab:\n  hosts:\n    c: # x\n      patchflow_addresses:\n      - 10.0.0.1\n",
            ]
        case .script:
            [
                #"{"web": {"hosts": ["a", "b"], "vars": {"site": "n1"}, "children": ["lab"]},"#
                    + #""_meta": {"hostvars": {"a": {"ansible_port": 22, "owner": "x"}}}}"#,
                #"{"all": ["c"], "lab": {"hosts": ["d"]}}"#,
            ]
        case .csv:
            [
                "name,address,owner,addresses\na,10.0.0.1,\"x, y\",10.0.0.2;10.0.0.3\nb,,,\n",
                "Name,Kind,Exposure\nc,firmware,public\n",
            ]
        case .json:
            [
                #"[{"name": "a", "port": 22, "addresses": ["10.0.0.1"]}, {"name": "b"}]"#,
                #"[{"name": "c", "kind": "application", "owner": "x \u00e9"}]"#,
            ]
        }
    }
}
