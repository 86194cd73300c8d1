extension MavenItem {
    /// Reads a whole version. A dot goes on in the same list; a hyphen, and every change between
    /// digits and letters, opens a list inside.
    static func parse(_ bytes: [UInt8]) -> [MavenItem] {
        var lists = OpenLists()
        var word = Word()
        for (place, byte) in bytes.enumerated() {
            switch byte {
            case ASCII.hyphen where word.isBeforeNumber(bytes, place): word.isNumbered = true
            case ASCII.dot, ASCII.hyphen:
                lists.add(place == word.start ? .number([]) : word.item(bytes, upTo: place))
                word = Word(start: place + 1, isDigits: word.isDigits)
                if byte == ASCII.hyphen { lists.open() }
            case _ where isDigit(byte):
                if !word.isDigits, place > word.start {
                    word.isNumbered = true
                    lists.openUnlessEmpty()
                }
                word.isDigits = true
            default:
                if word.isDigits, place > word.start {
                    lists.add(word.item(bytes, upTo: place))
                    word = Word(start: place)
                    lists.open()
                }
                word.isDigits = false
            }
        }
        if word.start < bytes.count {
            // `.X` at the end is the same as `-X`.
            if !word.isDigits { lists.openUnlessEmpty() }
            lists.add(word.item(bytes, upTo: bytes.count))
        }
        return lists.closed()
    }

    /// What is being read: digits, letters, or letters and their number.
    private struct Word {
        var start = 0
        var isDigits = false
        var isNumbered = false

        /// Whether `X-1` is read as `X1`.
        func isBeforeNumber(_ bytes: [UInt8], _ hyphen: Int) -> Bool {
            !isDigits && hyphen > start && hyphen + 1 < bytes.count
                && Advisories.isDigit(bytes[hyphen + 1])
        }

        func item(_ bytes: [UInt8], upTo end: Int) -> MavenItem {
            let text = bytes[start..<end]
            if isNumbered {
                let letters = text.prefix { !Advisories.isDigit($0) }.filter { $0 != ASCII.hyphen }
                let digits = text.drop { !Advisories.isDigit($0) }
                return .numbered(
                    MavenQualifier(letters[...], isBeforeDigit: true),
                    digits.drop { $0 == ASCII.zero })
            }
            return isDigits
                ? .number(text.drop { $0 == ASCII.zero })
                : .word(MavenQualifier(text, isBeforeDigit: false))
        }
    }
}

/// The lists that are still being written: each stands at the end of the one before it.
private struct OpenLists {
    private var lists: [[MavenItem]] = [[]]

    mutating func add(_ item: MavenItem) { lists[lists.count - 1].append(item) }

    mutating func open() { lists.append([]) }

    mutating func openUnlessEmpty() { if !lists[lists.count - 1].isEmpty { open() } }

    /// The outermost list, with zeros that say nothing taken away from all.
    mutating func closed() -> [MavenItem] {
        var inner: [MavenItem]?
        while var list = lists.popLast() {
            if let inner { list.append(.list(inner)) }
            inner = Self.normalized(list)
        }
        return inner ?? []
    }

    /// Without the empty items at the end, and without those before a word or a list of words.
    private static func normalized(_ list: [MavenItem]) -> [MavenItem] {
        var list = list
        for index in list.indices.reversed() where list[index].isEmpty {
            if index == list.count - 1 || isOfWords(list[index + 1]) { list.remove(at: index) }
        }
        // What only holds another list is that list.
        if list.count == 1, case .list(let items) = list[0] { return items }
        return list
    }

    private static func isOfWords(_ item: MavenItem) -> Bool {
        switch item {
        case .word: return true
        case .number, .numbered: return false
        case .list(let items):
            switch items.first {
            case .word, .numbered: return true
            case .number, .list, nil: return false
            }
        }
    }
}
