import Archives

extension FuzzTarget {
    static let archives = [zipArchive, gzipFile]

    /// An archive is refused, or each of its members is what it says, within all limits.
    static var zipArchive: FuzzTarget {
        let name = "zip"
        var limits = ArchiveLimits()
        (limits.memberBytes, limits.totalBytes, limits.members) = (400, 1000, 4)
        let (bounds, mutation) = (limits, Mutation(zips, alphabet: "PK\u{1}\u{2}\u{3}\u{0}a/."))
        return FuzzTarget(name) { random throws(FuzzFailure) in
            // Broken bytes seldom get further than the table of contents: most are archives that lie.
            var bytes: [UInt8]
            if random.below(3) == 0 {
                bytes = mutation.bytes(&random)
            } else {
                bytes = SampleArchive.random(&random).bytes
                if random.below(4) == 0 { mutation.change(&bytes, &random) }
            }
            guard let members = unpacked(bytes, bounds) else { return false }
            let total = members.reduce(0) { $0 + $1.contents.count }
            let areTrue = members.allSatisfy {
                $0.contents.count == $0.size && $0.size <= bounds.memberBytes
                    && !$0.name.split(separator: "/").contains("..")
            }
            guard areTrue, total <= bounds.totalBytes, members.count <= bounds.members else {
                throw FuzzFailure(
                    target: name, law: "members are what they say, within the limits",
                    input: ["\(bytes)"])
            }
            return true
        }
    }

    /// What is unpacked keeps to its limit, and is the same each time.
    static var gzipFile: FuzzTarget {
        let name = "gzip"
        var limits = ArchiveLimits()
        limits.memberBytes = 200
        let gzips = gzips
        let (bounds, mutation) = (limits, Mutation(gzips, alphabet: "\u{1F}\u{8}\u{0}\u{1}a,\n"))
        return FuzzTarget(name) { random throws(FuzzFailure) in
            // The first two bytes tell what it is. Most files hold together, and less than they could.
            let text = Array(repeatElement(UInt8(ascii: "a"), count: random.below(260)))
            let whole = SampleArchive.gzip(text) + (random.below(3) == 0 ? gzips[0] : [])
            let bytes: [UInt8] =
                random.below(3) == 0
                ? whole : [0x1F, 0x8B] + mutation.bytes(&random).dropFirst(2)
            let document = try? PackedDocuments(HeldBytes(bytes), name: "a.csv.gz", bounds)
                .contents(at: 0)
            guard let document else { return false }
            guard document.count <= bounds.memberBytes else {
                throw FuzzFailure(target: name, law: "the limit is kept", input: ["\(bytes)"])
            }
            return true
        }
    }

    private static func unpacked(
        _ bytes: [UInt8], _ limits: ArchiveLimits
    ) -> [(name: String, size: Int, contents: [UInt8])]? {
        do throws(ArchiveFault) {
            let archive = try ZipArchive(HeldBytes(bytes), limits)
            var members: [(String, Int, [UInt8])] = []
            for member in archive.members {
                members.append((member.name, member.size, try archive.contents(of: member)))
            }
            return members
        } catch {
            return nil
        }
    }

    private static var zips: [[UInt8]] {
        typealias Member = SampleArchive.Member
        var large = SampleArchive([Member("a.json", "{}"), Member("b/c.json", "[1]")])
        large.isLarge = true
        var commented = SampleArchive([Member("a.json", Array("stored".utf8))])
        commented.comment = "PK comment"
        return [
            SampleArchive([Member("a.json", "{}"), Member("d/", []), Member("d/b.json", "{}")])
                .bytes, large.bytes, commented.bytes, SampleArchive([]).bytes,
        ]
    }

    private static var gzips: [[UInt8]] {
        let table = SampleArchive.gzip(Array("cve,epss\nCVE-2026-1000,0.5\n".utf8))
        return [table, table + table, SampleArchive.gzip([])]
    }
}

extension SampleArchive {
    /// A few members, of which some are not what the archive says of them.
    fileprivate static func random(_ random: inout SplitMix) -> SampleArchive {
        var archive = SampleArchive((0..<random.below(5)).map { _ in member(&random) })
        archive.isLarge = random.below(4) == 0
        archive.comment = random.pick(["", "", "PK\u{5}\u{6} comment"])
        if random.below(12) == 0 { archive.statedMembers = random.below(7) }
        return archive
    }

    private static func member(_ random: inout SplitMix) -> Member {
        let names = [
            "a.json", "b/c.json", "d/", "../e", "/f", "a.json", "é.csv", "", "x\\y", "a//b", "./g",
            String(repeating: "n", count: 300),
        ]
        let text = String(
            repeating: random.pick(["{}", "[1]\n", "", "a,b\n"]),
            count: 1 << random.below(9))
        var member =
            random.below(2) == 0
            ? Member(random.pick(names), text) : Member(random.pick(names), Array(text.utf8))
        switch random.below(24) {
        case 0: member.flags = 1 << random.below(16)
        case 1: member.method = random.pick([0, 8, 9, 12, 99])
        case 2: member.statedSize = random.pick([0, 1, text.utf8.count + 1, Int(UInt32.max)])
        case 3: member.statedSum = UInt32(truncatingIfNeeded: random.next())
        case 4: member.statedOffset = random.below(600)
        case 5: member.localName = random.pick(names)
        case 6: member.mode = random.pick([0o120777, 0o040755, 0, 0o060600])
        case 7: member.deflated = member.deflated.map { $0.dropLast(random.below(4)) + [] }
        default: break
        }
        return member
    }
}
