internal import JSON

/// What `aws ec2 describe-instances` prints.
/// Source: AWS, "Amazon EC2 API Reference", DescribeInstances; "Instance lifecycle".
enum AWSInstanceList {
    static func read(_ root: JSONNode, _ draft: inout CloudListDraft) {
        guard let reservations = root["Reservations"]?.elements else {
            return draft.fault(
                .entry(1), "Reservations", "",
                "it is missing: send what 'aws ec2 describe-instances' prints, as JSON")
        }
        if root.text("NextToken") != nil {
            draft.fault(
                .entry(1), "NextToken", "",
                "there are more pages: leave out --max-items and --no-paginate")
        }
        var number = 0
        for reservation in reservations {
            for instance in reservation.list("Instances") {
                number += 1
                read(instance, account: reservation.text("OwnerId"), .entry(number), &draft)
            }
        }
    }

    private static func read(
        _ node: JSONNode, account: String?, _ place: InventoryFault.Place,
        _ draft: inout CloudListDraft
    ) {
        let zone = node.text("Placement", "AvailabilityZone")
        let region = zone.map(region(ofZone:))
        draft.note(account: account, region: region)
        guard let id = node.text("InstanceId"), let word = node.text("State", "Name") else {
            return draft.fault(place, "InstanceId", "", "it has no InstanceId, or no State.Name")
        }
        let tags = Dictionary(
            node.list("Tags").map { ($0.text("Key") ?? "", $0.text("Value") ?? "") }
        ) { first, _ in first }
        var addresses = [node.text("PrivateIpAddress"), node.text("PublicIpAddress")]
        for interface in node.list("NetworkInterfaces") {
            addresses += interface.list("PrivateIpAddresses").map { $0.text("PrivateIpAddress") }
        }
        let names = [tags["Name"], node.text("PrivateDnsName"), node.text("PublicDnsName")]
        let state: CloudInstance.State =
            switch word {
            case "running": .running
            case "stopped", "stopping": .stopped
            default: .unknown
            }
        draft.add(
            CloudInstance(
                id: id, name: tags["Name"].flatMap { $0.isEmpty ? nil : $0 }, state: state,
                addresses: addresses.compactMap { $0 }, hostNames: names.compactMap { $0 },
                image: node.text("ImageId"), group: tags["aws:autoscaling:groupName"], zone: zone),
            isEnded: word == "terminated" || word == "shutting-down", at: place)
    }

    /// `eu-west-1` of `eu-west-1a`, and of `us-west-2-lax-1a`.
    static func region(ofZone zone: String) -> String {
        var parts: [Substring] = []
        for part in zone.split(separator: "-") {
            guard let first = part.utf8.first, isDigit(first) else {
                parts.append(part)
                continue
            }
            parts.append(part.prefix { $0.isNumber })
            break
        }
        return parts.joined(separator: "-")
    }
}

/// What `az vm list` prints; with `-d` it says addresses and power states as well.
/// Source: Microsoft, "Azure Resource Manager", Virtual Machines, "List all"; `az vm list`.
enum AzureInstanceList {
    static func read(_ root: JSONNode, _ draft: inout CloudListDraft) {
        guard let machines = root.elements else {
            return draft.fault(
                .entry(1), "list", "", "it is not an array: send what 'az vm list -d' prints")
        }
        for (index, node) in machines.enumerated() {
            read(node, .entry(index + 1), &draft)
        }
    }

    private static func read(
        _ node: JSONNode, _ place: InventoryFault.Place, _ draft: inout CloudListDraft
    ) {
        guard let address = node.text("id"), let id = node.text("vmId"),
            let account = address.component(after: "subscriptions")
        else {
            return draft.fault(
                place, "id", node.text("id") ?? "",
                "it has no vmId, or an id that names no subscription")
        }
        draft.note(account: account.lowercased())
        let state: CloudInstance.State =
            switch node.text("powerState")?.lowercased() {
            case "vm running": .running
            case "vm stopped", "vm stopping", "vm deallocated", "vm deallocating": .stopped
            default: .unknown
            }
        let name = node.text("name")
        let names = [name, node.text("osProfile", "computerName")]
        draft.add(
            CloudInstance(
                id: id, name: name, state: state,
                addresses: ["publicIps", "privateIps"].flatMap { texts(node, $0) },
                hostNames: names.compactMap { $0 } + texts(node, "fqdns"), image: image(node),
                group: node.text("virtualMachineScaleSet", "id")?.lastComponent,
                zone: node.text("location")),
            isEnded: false, at: place)
    }

    private static func texts(_ node: JSONNode, _ name: String) -> [String] {
        (node.text(name) ?? "").split { $0 == "," || $0.isWhitespace }.map(String.init)
    }

    /// An image of one's own by its address, one of the market by its exact version.
    private static func image(_ node: JSONNode) -> String? {
        guard let reference = node["storageProfile"]?["imageReference"] else { return nil }
        if let id = reference.text("id") { return id }
        let parts =
            ["publisher", "offer", "sku"].map { reference.text($0) }
            + [reference.text("exactVersion") ?? reference.text("version")]
        guard parts.allSatisfy({ $0 != nil }) else { return nil }
        return parts.compactMap { $0 }.joined(separator: ":")
    }
}

/// What `gcloud compute instances list --format=json` prints.
/// Source: Google, "Compute Engine API", instances; "Instance life cycle". TERMINATED means stopped
/// there: what is deleted isn't listed.
enum GCPInstanceList {
    static func read(_ root: JSONNode, _ draft: inout CloudListDraft) {
        guard let machines = root.elements else {
            return draft.fault(
                .entry(1), "list", "",
                "it is not an array: send what 'gcloud compute instances list --format=json' prints"
            )
        }
        for (index, node) in machines.enumerated() {
            read(node, .entry(index + 1), &draft)
        }
    }

    private static func read(
        _ node: JSONNode, _ place: InventoryFault.Place, _ draft: inout CloudListDraft
    ) {
        let address = node.text("selfLink") ?? node.text("zone") ?? ""
        guard let id = node.text("id"), let account = address.component(after: "projects") else {
            return draft.fault(
                place, "id", node.text("id") ?? "",
                "it has no id, or neither selfLink nor zone names its project")
        }
        draft.note(account: account)
        let state: CloudInstance.State =
            switch node.text("status") {
            case "RUNNING": .running
            case "TERMINATED", "STOPPED", "STOPPING", "SUSPENDED", "SUSPENDING": .stopped
            default: .unknown
            }
        let interfaces = node.list("networkInterfaces")
        let outside = interfaces.flatMap { $0.list("accessConfigs").map { $0.text("natIP") } }
        let addresses = interfaces.map { $0.text("networkIP") } + outside
        let boot = node.list("disks").first { $0["boot"]?.bool == true }
        let creator = node["metadata"]?.list("items").first { $0.text("key") == "created-by" }
        let group = creator?.text("value").flatMap {
            $0.component(after: "instanceGroupManagers")
        }
        let names = [node.text("name"), node.text("hostname")]
        draft.add(
            CloudInstance(
                id: id, name: node.text("name"), state: state,
                addresses: addresses.compactMap { $0 }, hostNames: names.compactMap { $0 },
                image: boot?.text("initializeParams", "sourceImage"), group: group,
                zone: node.text("zone")?.lastComponent),
            isEnded: false, at: place)
    }
}
