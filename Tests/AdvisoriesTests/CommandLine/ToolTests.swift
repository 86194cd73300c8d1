import Foundation
import Subprocess
import Support
import SystemPackage
import Testing

@Suite("patchflow tool: lines in, JSON lines out")
struct ToolTests {
    private struct Answer {
        let status: TerminationStatus
        let lines: [String]
        let error: String
    }

    private func tool(_ arguments: [String], _ input: String) async throws -> Answer {
        try await tool(arguments, Array(input.utf8))
    }

    private func tool(_ arguments: [String], _ input: [UInt8]) async throws -> Answer {
        let run = try await Subprocess.run(
            .path(FilePath(Installation.program)), arguments: Arguments(["tool"] + arguments),
            input: .array(input), output: .string(limit: 50_000_000),
            error: .string(limit: 100_000))
        return Answer(
            status: run.terminationStatus,
            lines: run.standardOutput.split(separator: "\n").map(String.init),
            error: run.standardError)
    }

    @Test("Vectors of every version, with the scores that they have")
    func vectors() async throws {
        let answer = try await tool(
            ["cvss"],
            """
            AV:N/AC:L/Au:N/C:P/I:P/A:P
            CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H
            CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P
            """)
        #expect(answer.status == .exited(0), "\(answer)")
        #expect(
            answer.lines == [
                #"{"vector":"AV:N/AC:L/Au:N/C:P/I:P/A:P","version":"2.0","base":7.5,"temporal":null,"environmental":null,"severity":"high"}"#,
                #"{"vector":"CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H","version":"3.1","base":9.8,"temporal":9.8,"environmental":9.8,"severity":"critical"}"#,
                #"{"vector":"CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N/E:P","version":"4.0","base":9.3,"temporal":8.9,"environmental":null,"severity":"high"}"#,
            ])
    }

    @Test("Pairs of versions, by the rules that are asked for")
    func versions() async throws {
        let answer = try await tool(
            ["version", "--ecosystem", "debian"], "1.0~rc1 1.0\n1.0 1.0-0\r\n\n2 \t 1\n")
        #expect(answer.status == .exited(0), "\(answer)")
        #expect(
            answer.lines == [
                #"{"a":"1.0~rc1","b":"1.0","order":-1}"#, #"{"a":"1.0","b":"1.0-0","order":0}"#,
                #"{"a":"2","b":"1","order":1}"#,
            ])
    }

    @Test("Files are read as they would be taken in, each refusal with its place and reason")
    func read() async throws {
        let folder = try makeTestDirectory("tool")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try advisory.write(toFile: "\(folder)/a.json", atomically: true, encoding: .utf8)
        try "no advisory".write(toFile: "\(folder)/b.txt", atomically: true, encoding: .utf8)
        let answer = try await tool(["read", "--as", "osv", folder], "")
        #expect(answer.status == .exited(1), "\(answer)")
        #expect(answer.lines.count == 2)
        #expect(answer.lines.first?.hasSuffix(#""records":1,"refused":0,"reason":null}"#) == true)
        #expect(answer.lines.last?.contains("it is no JSON") == true)
        let unknown = try await tool(["read", "--as", "pdf", folder], "")
        #expect(unknown.status == .exited(2) && unknown.error.contains("choose one of osv"))
    }

    @Test("An inventory on standard input is matched against files of advisories")
    func matches() async throws {
        let folder = try makeTestDirectory("tool")
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try advisory.write(toFile: "\(folder)/a.json", atomically: true, encoding: .utf8)
        let answer = try await tool(
            ["matches", "--advisories", folder, "--as", "dpkg-query", "--os", "debian:12", "-"],
            """
            installed curl amd64 7.88.1-1 curl 7.88.1-1
            installed zlib1g amd64 1:1.2.13-1 zlib 1:1.2.13-1

            """)
        #expect(answer.status == .exited(0), "\(answer)")
        #expect(
            answer.lines == [
                #"{"vulnerability":"CVE-2026-0001","package":"curl","installed":"7.88.1-1","verdict":"affected","fixed":"7.88.1-9","advisories":"CVE-2026-0001","suppressed":false,"upstream_only":false}"#
            ])
        let missing = try await tool(
            ["matches", "--advisories", "\(folder)/none", "--as", "rpm", "-"], "")
        #expect(missing.status == .exited(2) && missing.error.contains("is not there"))
    }

    private let advisory = """
        {"id": "CVE-2026-0001", "modified": "2026-01-02T00:00:00Z",
         "affected": [{"package": {"ecosystem": "Debian:12", "name": "curl"},
           "ranges": [{"type": "ECOSYSTEM",
             "events": [{"introduced": "0"}, {"fixed": "7.88.1-9"}]}]}]}
        """

    @Test("Package URLs in canonical form, and built from components")
    func packages() async throws {
        let answer = try await tool(
            ["purl"], "pkg:PyPI/Django_x@1?b=2&a=1\n{\"type\": \"deb\", \"name\": \"a+\"}\n")
        #expect(answer.status == .exited(0), "\(answer)")
        #expect(
            answer.lines == [
                #"{"purl":"pkg:PyPI/Django_x@1?b=2&a=1","canonical":"pkg:pypi/django-x@1?a=1&b=2","type":"pypi","namespace":null,"name":"django-x","version":"1","qualifiers":{"a":"1","b":"2"},"subpath":null}"#,
                #"{"components":"{\"type\": \"deb\", \"name\": \"a+\"}","canonical":"pkg:deb/a%2B","type":"deb","namespace":null,"name":"a+","version":null,"qualifiers":null,"subpath":null}"#,
            ])
    }

    @Test("A bad line gets its number and the reason, and the stream goes on")
    func badLines() async throws {
        var input = Array("1.0 2.0\n1.0\nx 1\n".utf8)
        input += [0xFF, 0x20, 0x31, 0x0A]
        input += [UInt8](repeating: UInt8(ascii: "1"), count: 200_000) + Array(" 2\n".utf8)
        input += Array("\"\\\u{1} 1\n3 2".utf8)
        let answer = try await tool(["version", "--ecosystem", "pypi"], input)
        #expect(answer.status == .exited(1), "\(answer)")
        #expect(answer.error.contains("5 of 7 lines were refused"))
        #expect(
            answer.lines == [
                #"{"a":"1.0","b":"2.0","order":-1}"#,
                #"{"text":"1.0","line":2,"error":"two versions are needed, A B; the line has 1"}"#,
                #"{"a":"x","b":"1","line":3,"error":"pypi version 'x', byte 0: a number is missing here"}"#,
                #"{"text":"� 1","line":4,"error":"the line is not UTF-8"}"#,
                #"{"line":5,"error":"the line is longer than 65536 bytes"}"#,
                #"{"a":"\"\\\u0001","b":"1","line":6,"error":"pypi version '\"\\\u0001', byte 2: a character that no version has"}"#,
                #"{"a":"3","b":"2","order":1}"#,
            ])
        for line in answer.lines {
            #expect(throws: Never.self) {
                try JSONSerialization.jsonObject(with: Data(line.utf8))
            }
        }
    }

    @Test("An unknown ecosystem is a matter of usage, and the known ones are named")
    func unknownEcosystem() async throws {
        let answer = try await tool(["version", "--ecosystem", "cobol"], "")
        #expect(answer.status == .exited(2))
        #expect(answer.error.contains("debian"))
    }
}
