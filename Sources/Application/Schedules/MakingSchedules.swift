package import EventSourcing
private import FoundationEssentials
package import PatchManagement

/// What somebody wants a schedule to be; what is nil is that of the default schedule `like`.
package struct ScheduleRequest: Sendable, Equatable {
    package var like: String?
    package var name: String?
    package var start: String?
    package var timeZone: String?
    package var rule: String?
    package var riskClasses: [String]?
    package var environment: String?
    package var site: String?
    package var group: String?

    package init() {}
}

/// The next ticks of a schedule, or of one that somebody thinks of.
package struct TickPreview: Sendable, Equatable {
    package let timeZone: String
    package let ticks: [ScheduleTick]
}

extension UseCases {
    /// Lets rollouts be planned by themselves. The same request under the same key is the same
    /// schedule.
    package func createSchedule(
        _ request: ScheduleRequest, reason: String, _ order: Order
    ) async throws -> Written {
        let context = try context(order, .makeSchedule)
        let schedule = StreamID(
            prefix: ScheduleDecider.prefix,
            .version5(namespace: context.commandID, name: "schedule"))
        if let answer = try await answered(
            schedule, as: ScheduleDecider.self, order, .makeSchedule,
            state: { $0.phase?.rawValue })
        {
            return answer
        }
        return try await ask(
            schedule, .create(schedule, try request.terms(), reason: reason), order)
    }

    package func suspendSchedule(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await ask(try schedule(id), .suspend(reason: reason), order)
    }

    package func resumeSchedule(
        _ id: String, reason: String, _ order: Order
    ) async throws -> Written {
        try await ask(try schedule(id), .resume(reason: reason), order)
    }

    /// When a schedule ticks next, were it active: in local time and in UTC.
    package func ticks(
        of id: String, from: Timestamp?, limit: Int, _ caller: Caller
    ) async throws -> TickPreview {
        _ = try authorise(caller, .readRollouts)
        let schedule = try schedule(id)
        let state = try await bus.state(of: schedule, as: ScheduleDecider.self).state
        guard let terms = state.terms else { throw NotFound(schedule) }
        return try preview(terms, from, limit)
    }

    /// The same of one that nobody has made yet.
    package func ticks(
        of request: ScheduleRequest, from: Timestamp?, limit: Int, _ caller: Caller
    ) throws -> TickPreview {
        _ = try authorise(caller, .readRollouts)
        var request = request
        request.name = request.name ?? "preview"
        if request.riskClasses == nil { request.riskClasses = ["urgent"] }
        if request.environment == nil { request.environment = Environment.production.rawValue }
        return try preview(try request.terms(), from, limit)
    }

    private func preview(
        _ terms: ScheduleTerms, _ from: Timestamp?, _ limit: Int
    ) throws(InvalidInput) -> TickPreview {
        guard (1...500).contains(limit) else {
            throw InvalidInput(field: "limit", message: "\(limit) is not between 1 and 500")
        }
        if let fault = terms.faults.first {
            throw InvalidInput(field: fault.field, message: fault.description)
        }
        let calendar = ScheduleCalendar(reading: terms)
        return TickPreview(
            timeZone: terms.timeZone,
            ticks: calendar?.next(after: from ?? now(), limit: limit) ?? []
        )
    }

    private func schedule(_ id: String) throws(NotFound) -> StreamID {
        try stream(id, .schedule, prefix: ScheduleDecider.prefix)
    }

    private func ask(
        _ schedule: StreamID, _ command: ScheduleCommand, _ order: Order
    ) async throws -> Written {
        try await write(
            command, to: schedule, as: ScheduleDecider.self, order, command.action,
            state: { $0.phase?.rawValue })
    }
}

extension ScheduleRequest {
    /// - Throws: `InvalidInput` for what is missing, and for words that nobody knows.
    fileprivate func terms() throws(InvalidInput) -> ScheduleTerms {
        let known = ScheduleTerms.defaults
        let base = known.first { $0.key == like }?.terms
        if let like, base == nil {
            throw InvalidInput(
                field: "like",
                message: "'\(like)' is none of " + known.map(\.key).joined(separator: ", "))
        }
        var place = base?.target.environment
        if let environment { place = try Self.word(environment, "target.environment") }
        let target = ScheduleTarget(
            environment: place, site: site ?? base?.target.site,
            group: group ?? base?.target.group)
        var classes = base?.riskClasses ?? RiskClass.allCases
        if let riskClasses {
            classes = []
            for word in riskClasses { classes.append(try Self.word(word, "risk_classes")) }
        }
        return ScheduleTerms(
            name: try given(name, base?.name, "name"),
            start: try given(start, base?.start, "start"),
            timeZone: try given(timeZone, base?.timeZone, "time_zone"),
            rule: try given(rule, base?.rule, "rule"),
            riskClasses: classes, target: target)
    }

    private func given(
        _ text: String?, _ other: String?, _ field: String
    ) throws(InvalidInput) -> String {
        guard let text = text ?? other else {
            throw InvalidInput(
                field: field, message: "is missing; give it, or like, a default schedule")
        }
        return text
    }

    private static func word<Word: RawRepresentable<String> & CaseIterable>(
        _ text: String, _ field: String
    ) throws(InvalidInput) -> Word {
        guard let word = Word(rawValue: text) else {
            throw InvalidInput(
                field: field,
                message: "'\(text)' is none of "
                    + Word.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return word
    }
}
