import EventSourcing
import JSON
import Testing

@testable import PatchManagement

/// Which probes a policy may have, and what a plan may make of them.
@Suite("Probes of a policy")
struct HealthProbeTests {
    private func read(_ text: String) throws -> HealthProbe {
        try HealthProbe(CanonicalJSON.decode(JSONValue.self, from: Array(text.utf8)))
    }

    @Test(
        "are taken",
        arguments: [
            #"{"name":"up","kind":"command","argv":["/usr/bin/curl","-fsS","http://localhost/x?a=b c"]}"#,
            #"{"name":"web","kind":"http","port":8443,"path":"/healthz","tls":true,"status":204,"max":500}"#,
            #"{"name":"ssh","kind":"tcp","port":22,"reach":"private","limit_seconds":3}"#,
            #"{"name":"errors","kind":"prometheus","server":"http://127.0.0.1:9090","reach":"loopback","query":"rate(errors{host=\"{host}\"}[5m])","max":10,"worse":{"percent":20,"at_least":5,"min_samples":10}}"#,
        ])
    func good(text: String) throws {
        let probe = try read(text)
        #expect(probe.faults.isEmpty)
        #expect(
            try CanonicalJSON.decode(HealthProbe.self, from: CanonicalJSON.encode(probe)) == probe)
    }

    @Test(
        "are refused, naming the member",
        arguments: [
            (#"{"name":"up"}"#, "kind"), (#"{"name":"up","kind":"ping"}"#, "ping"),
            (#"{"name":"../up","kind":"tcp","port":1}"#, "name"),
            (#"{"name":"up","kind":"tcp","port":0}"#, "port"),
            (#"{"name":"up","kind":"tcp"}"#, "port"),
            (#"{"name":"up","kind":"tcp","port":1,"shell":"x"}"#, "shell"),
            (#"{"name":"up","kind":"tcp","port":1,"argv":["/bin/true"]}"#, "argv"),
            (#"{"name":"up","kind":"command"}"#, "argv"),
            (#"{"name":"up","kind":"command","argv":["true"]}"#, "absolute path"),
            (#"{"name":"up","kind":"command","argv":["/bin/sh;id"]}"#, "absolute path"),
            (#"{"name":"up","kind":"command","argv":["/bin/true","a\nb"]}"#, "control"),
            (
                #"{"name":"up","kind":"command","argv":["/bin/true"],"worse":{"percent":1,"at_least":0,"min_samples":1}}"#,
                "worse"
            ),
            (#"{"name":"up","kind":"http","port":80,"path":"healthz"}"#, "path"),
            (#"{"name":"up","kind":"http","port":80,"path":"/a b"}"#, "path"),
            (#"{"name":"up","kind":"http","port":80,"path":"/","status":99}"#, "status"),
            (
                #"{"name":"up","kind":"prometheus","server":"ftp://x","query":"up","max":1}"#,
                "server"
            ),
            (#"{"name":"up","kind":"prometheus","server":"https://x","query":"up"}"#, "max"),
            (#"{"name":"up","kind":"tcp","port":1,"max":1,"min":2}"#, "max is 1"),
            (#"{"name":"up","kind":"tcp","port":1,"limit_seconds":61}"#, "limit_seconds is 61"),
            (#"{"name":"up","kind":"tcp","port":1,"max_bad_percent":101}"#, "max_bad_percent"),
        ])
    func bad(text: String, named: String) {
        #expect {
            _ = try read(text)
        } throws: { error in
            "\(error)".contains(named)
        }
    }

    private static let targets = (1...12).map { number in
        RolloutTarget(
            asset: production(number),
            host: HostAddress(
                asset: production(number), name: "host-\(number)", address: "10.0.0.\(number)",
                port: 22, user: "root"),
            site: "default", stratum: "debian 12 amd64", criticality: "medium")
    }

    private var policy: HealthPolicy {
        var probe = HealthProbe(name: "ssh", kind: .tcp)
        probe.port = 22
        var policy = HealthPolicy()
        policy.probes = [probe]
        policy.sampleHosts = 3
        return policy
    }

    @Test("A plan names probes of the policy, and no others")
    func naming() throws {
        let batches = [Array(Self.targets.prefix(1)), Array(Self.targets.dropFirst())]
        #expect(try HealthPlan(naming: [], in: policy, batches: batches) == nil)
        let plan = try #require(try HealthPlan(naming: ["ssh"], in: policy, batches: batches))
        #expect(plan.probes == policy.probes)
        for (names, words) in [
            (["web"], "only ssh"), (["ssh", "ssh"], "twice"),
            (Array(repeating: "ssh", count: 9), "at most 8"),
        ] {
            #expect {
                _ = try HealthPlan(naming: names, in: policy, batches: batches)
            } throws: {
                "\($0)".contains(words)
            }
        }
        #expect(plan.faults(soakSeconds: [300, 300], batches: batches).isEmpty)
        #expect(
            plan.faults(soakSeconds: [300, 299], batches: batches).first?.contains("batch 1")
                == true)
        #expect(
            plan.faults(soakSeconds: [300, 300], batches: [batches[1], batches[0]]).count == 1,
            "the sample is that of other batches")
    }

    @Test("Only some of each batch are asked, and those without the patch beside them")
    func sample() {
        let batches = [
            Array(Self.targets.prefix(1)), Array(Self.targets[1..<6]),
            Array(Self.targets.dropFirst(6)),
        ]
        let sample = HealthSample(of: batches, size: 3)
        func names(_ hosts: [HostAddress]) -> [String] { hosts.map(\.name) }
        func round(_ kind: HealthRound.Kind, _ batch: Int) -> HealthRound {
            HealthRound(number: 1, kind: kind, batch: batch)
        }
        #expect(
            names(sample.subjects(of: round(.baseline, 1), atMost: 3))
                == ["host-2", "host-3", "host-4"])
        #expect(names(sample.control(of: round(.baseline, 1), atMost: 3)).isEmpty)
        #expect(names(sample.subjects(of: round(.soak, 0), atMost: 3)) == ["host-1"])
        #expect(
            names(sample.control(of: round(.soak, 0), atMost: 4))
                == ["host-2", "host-3", "host-4", "host-7"])
        #expect(names(sample.control(of: round(.soak, 2), atMost: 3)).isEmpty)
        #expect(
            names(sample.subjects(of: round(.watch, 1), atMost: 3))
                == ["host-2", "host-3", "host-4"])
        #expect(
            names(sample.subjects(of: round(.watch, 9), atMost: 4))
                == ["host-7", "host-8", "host-9", "host-2"])
        #expect(sample.subjects(of: round(.soak, 9), atMost: 3).isEmpty)
    }
}
