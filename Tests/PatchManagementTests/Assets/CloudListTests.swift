import EventSourcing
import Testing

@testable import PatchManagement

@Suite("Lists of instances, as clouds print them")
struct CloudListTests {
    static let aws = """
        {"Reservations": [
          {"OwnerId": "123456789012", "Instances": [
            {"InstanceId": "i-0a", "ImageId": "ami-1", "State": {"Code": 16, "Name": "running"},
             "PrivateIpAddress": "10.0.0.5", "PublicIpAddress": "198.51.100.7",
             "PrivateDnsName": "ip-10-0-0-5.eu-west-1.compute.internal", "PublicDnsName": "",
             "Placement": {"AvailabilityZone": "eu-west-1a"},
             "Tags": [{"Key": "Name", "Value": "web-1"},
                      {"Key": "aws:autoscaling:groupName", "Value": "web"}],
             "NetworkInterfaces": [{"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.6"}]}]},
            {"InstanceId": "i-0b", "ImageId": "ami-1", "State": {"Name": "terminated"},
             "Placement": {"AvailabilityZone": "eu-west-1b"}}]},
          {"OwnerId": "123456789012", "Instances": [
            {"InstanceId": "i-0c", "State": {"Name": "stopped"},
             "Placement": {"AvailabilityZone": "eu-west-1b"}}]}]}
        """

    private static let azure = """
        [{"id": "/subscriptions/0F-1/resourceGroups/RG/providers/Microsoft.Compute/virtualMachines/db",
          "vmId": "8c0e", "name": "db", "location": "westeurope", "powerState": "VM deallocated",
          "publicIps": "", "privateIps": "10.1.0.4,10.1.0.5", "osProfile": {"computerName": "db-1"},
          "storageProfile": {"imageReference": {"publisher": "Debian", "offer": "debian-12",
            "sku": "12-gen2", "version": "latest", "exactVersion": "0.20260101.1"}},
          "virtualMachineScaleSet": {"id": "/subscriptions/0F-1/x/virtualMachineScaleSets/pool"}}]
        """

    private static let gcp = """
        [{"id": "4711", "name": "job-1", "status": "TERMINATED",
          "zone": "https://www.googleapis.com/compute/v1/projects/lab-1/zones/europe-west1-b",
          "selfLink": "https://www.googleapis.com/compute/v1/projects/lab-1/zones/europe-west1-b/instances/job-1",
          "networkInterfaces": [{"networkIP": "10.2.0.2", "accessConfigs": [{"natIP": "203.0.113.9"}]}],
          "metadata": {"items": [{"key": "startup-script", "value": "echo secret"},
            {"key": "created-by", "value": "projects/1/zones/z/instanceGroupManagers/jobs"}]}}]
        """

    private func read(
        _ text: String, _ provider: CloudProvider, account: String? = nil, region: String? = nil
    ) throws -> CloudList {
        try CloudList.read(Array(text.utf8), from: provider, account: account, region: region)
    }

    private func faults(
        _ text: String, _ provider: CloudProvider, account: String? = nil, region: String? = nil
    ) -> [String] {
        do throws(InventoryImportError) {
            _ = try CloudList.read(
                Array(text.utf8), from: provider, account: account, region: region)
            return []
        } catch {
            return error.faults.map(\.description)
        }
    }

    @Test("AWS: owner and region are the list's own; what is terminated is not there")
    func amazon() throws {
        let list = try read(Self.aws, .aws)
        #expect(list.scope.description == "aws/123456789012/eu-west-1")
        #expect(list.instances.map(\.id) == ["i-0a", "i-0c"])
        #expect(list.ended == 1)
        let web = list.instances[0]
        #expect(web.addresses == ["10.0.0.5", "10.0.0.6", "198.51.100.7"])
        #expect(web.hostNames.contains("web-1") && web.group == "web" && web.image == "ami-1")
        #expect(list.instances[1].state == .stopped)
    }

    @Test(
        "A zone says its region",
        arguments: [
            ("eu-west-1a", "eu-west-1"), ("us-west-2-lax-1a", "us-west-2"),
            ("us-gov-east-1b", "us-gov-east-1"), ("ap-southeast-12c", "ap-southeast-12"),
        ])
    func regions(zone: String, region: String) {
        #expect(AWSInstanceList.region(ofZone: zone) == region)
    }

    @Test(
        "Azure: the subscription is the account, and an image of the market has its exact version")
    func microsoft() throws {
        let list = try read(Self.azure, .azure)
        #expect(list.scope.description == "azure/0f-1")
        let db = list.instances[0]
        #expect(db.id == "8c0e" && db.state == .stopped && db.group == "pool")
        #expect(db.addresses == ["10.1.0.4", "10.1.0.5"] && db.hostNames == ["db", "db-1"])
        #expect(db.image == "Debian:debian-12:12-gen2:0.20260101.1")
        let own =
            "/subscriptions/0F-1/resourceGroups/RG(test)/providers/Microsoft.Compute/galleries/"
            + String(repeating: "g", count: 80) + "/images/" + String(repeating: "i", count: 80)
            + "/versions/1.0.0"
        let text = Self.azure.replacing(
            #"{"publisher": "Debian","#, with: #"{"id": "\#(own)", "publisher": "Debian","#)
        #expect(try read(text, .azure).instances[0].image == own)
    }

    @Test("Google: TERMINATED means stopped, and start scripts are kept nowhere (I17)")
    func google() throws {
        let list = try read(Self.gcp, .gcp)
        #expect(list.scope.description == "gcp/lab-1")
        #expect(list.instances.map(\.state) == [.stopped])
        #expect(list.instances[0].group == "jobs")
        #expect(list.instances[0].addresses == ["10.2.0.2", "203.0.113.9"])
        let kept = CloudReconciliation(list, []).document.bytes
        #expect(!String(decoding: kept, as: UTF8.self).contains("secret"))
    }

    @Test("Others: JSON and CSV say the same")
    func generic() throws {
        let csv =
            "id,name,address,state,image,region,tags\nv1,web-1,10.0.0.1;fe80::1,running,img,r1,x\n"
        let json = """
            [{"id": "v1", "name": "web-1", "address": ["10.0.0.1", "fe80::1"], "state": "running",
              "image": "img", "region": "r1", "tags": {"a": 1}}]
            """
        let list = try read(csv, .generic, account: "rack")
        #expect(list.scope.description == "generic/rack")
        #expect(list.instances.count == 1)
        #expect(try read(json, .generic, account: "rack") == list)
        #expect(try read("[]", .generic, account: "rack").instances.isEmpty)
    }

    @Test("A list that isn't whole, or isn't one account's, is refused with place and reason")
    func refusals() {
        let cut = String(Self.aws.dropLast(9))
        #expect(faults(cut, .aws).first?.contains("cut off") == true)
        #expect(faults("[]", .aws).contains { $0.contains("Reservations") })
        #expect(
            faults(#"{"Reservations": [], "NextToken": "x"}"#, .aws, account: "1", region: "r")
                .contains { $0.contains("more pages") })
        #expect(faults(#"{"Reservations": []}"#, .aws).count == 2, "whose list is it?")
        #expect(faults(#"{"Reservations": []}"#, .aws, account: "1", region: "r").isEmpty)
        #expect(
            faults(Self.aws.replacing("eu-west-1b", with: "eu-west-2b"), .aws)
                .contains { $0.contains("each region") })
        #expect(faults(Self.aws, .aws, account: "999").contains { $0.contains("one account") })
        #expect(
            faults(Self.aws.replacing("i-0c", with: "i-0a"), .aws)
                .contains { $0.contains("given twice") })
        #expect(faults(Self.gcp, .gcp, region: "europe").contains { $0.contains("all regions") })
        #expect(faults("{}", .gcp).contains { $0.contains("not an array") })
        #expect(faults(#"[{"name": "x"}]"#, .azure).first?.hasPrefix("entry 1") == true)
        for (text, word) in [
            (#"[{"id": "a", "owner": "x"}]"#, "no such field"), ("[1]", "not an object"),
            (#"[{"id": 7}]"#, "not a text"), (#"[{"id": "a", "state": "gone"}]"#, "one of running"),
            ("id,id\n", "twice"), ("", "empty"), ("id,name\na\n", "line 2"),
            (#"[{"id": ""}]"#, "ASCII"),
            (#"[{"id": "a", "image": "a b"}]"#, "image"), ("{}", "array of objects"),
        ] {
            #expect(
                faults(text, .generic, account: "r").contains { $0.contains(word) },
                "\(text) (\(word))")
        }
        #expect(faults("[]", .generic, account: "a/b").contains { $0.contains("letters") })
    }
}
