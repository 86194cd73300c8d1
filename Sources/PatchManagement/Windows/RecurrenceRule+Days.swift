/// The days that a rule chooses, period after period.
extension RecurrenceRule {
    /// Periods that are looked at for one answer. A rule whose days come less often, as the 30th of
    /// February does, chooses none.
    static let mostPeriods = 5000

    /// The number of the period in which `date` lies, from the start's on; 0 for one before.
    func period(of date: CivilDate, from start: CivilDate) -> Int {
        guard date > start else { return 0 }
        switch frequency {
        case .daily: return (date.days - start.days) / interval
        case .weekly: return (date.days - week(of: start).days) / 7 / interval
        case .monthly: return monthCount(from: start, to: date) / interval
        case .yearly: return (date.parts.year - start.parts.year) / interval
        }
    }

    /// The days of one period that are not before the start, in order.
    func dates(ofPeriod number: Int, from start: CivilDate) -> [CivilDate] {
        let (year, month, day) = start.parts
        let chosen: [CivilDate]
        switch frequency {
        case .daily: chosen = [start + number * interval].filter(isWanted)
        case .weekly:
            let first = week(of: start) + 7 * number * interval
            let weekdays = Set(days.isEmpty ? [start.weekday] : days.map(\.weekday))
            chosen = (0..<7).map { first + $0 }.filter {
                weekdays.contains($0.weekday) && isInMonths($0)
            }
        case .monthly:
            let first = CivilDate.first(year: year, month: month, plusMonths: number * interval)
            chosen = isInMonths(first) ? dates(ofMonth: first, otherwise: day) : []
        case .yearly:
            let wanted = months.isEmpty ? (monthDays.isEmpty ? [month] : Array(1...12)) : months
            chosen = wanted.flatMap { month in
                dates(
                    ofMonth: .first(year: year + number * interval, month: month),
                    otherwise: day)
            }
        }
        return placed(chosen).filter { $0 >= start }
    }

    private func isWanted(_ date: CivilDate) -> Bool {
        isInMonths(date) && (days.isEmpty || days.contains { $0.weekday == date.weekday })
            && (monthDays.isEmpty || isMonthDay(date))
    }

    private func isInMonths(_ date: CivilDate) -> Bool {
        months.isEmpty || months.contains(date.parts.month)
    }

    private func isMonthDay(_ date: CivilDate) -> Bool {
        let (year, month, day) = date.parts
        let fromEnd = day - CivilDate.days(inMonth: month, of: year) - 1
        return monthDays.contains(day) || monthDays.contains(fromEnd)
    }

    /// - Parameter day: Of the month, where the rule names none.
    private func dates(ofMonth first: CivilDate, otherwise day: Int) -> [CivilDate] {
        let (year, month, _) = first.parts
        let all = (0..<CivilDate.days(inMonth: month, of: year)).map { first + $0 }
        if monthDays.isEmpty, days.isEmpty { return all.filter { $0.parts.day == day } }
        return all.enumerated().filter { place, date in
            (monthDays.isEmpty || isMonthDay(date))
                && (days.isEmpty || days.contains { isMeant(date, place, all.count, $0) })
        }.map(\.element)
    }

    private func isMeant(_ date: CivilDate, _ place: Int, _ count: Int, _ day: Day) -> Bool {
        guard day.weekday == date.weekday else { return false }
        guard let ordinal = day.ordinal else { return true }
        return ordinal > 0 ? place / 7 + 1 == ordinal : (count - 1 - place) / 7 + 1 == -ordinal
    }

    /// Those of a period that `BYSETPOS` chooses.
    private func placed(_ dates: [CivilDate]) -> [CivilDate] {
        guard !positions.isEmpty else { return dates }
        let sorted = dates.sorted()
        let chosen = positions.compactMap { position -> CivilDate? in
            let place = position > 0 ? position - 1 : sorted.count + position
            return sorted.indices.contains(place) ? sorted[place] : nil
        }
        return Set(chosen).sorted()
    }

    private func week(of date: CivilDate) -> CivilDate {
        date + -((date.weekday.number - weekStart.number + 7) % 7)
    }

    private func monthCount(from start: CivilDate, to date: CivilDate) -> Int {
        let (first, last) = (start.parts, date.parts)
        return (last.year - first.year) * 12 + last.month - first.month
    }
}
