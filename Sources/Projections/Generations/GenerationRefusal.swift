/// Why a generation of the read models isn't built, made live or dropped.
package enum GenerationRefusal: Error, Sendable, Equatable, CustomStringConvertible {
    case unknown(Int)
    case isLive(Int)
    case isBeingBuilt(Int)
    /// It was dropped while it was being built.
    case isGone(Int)
    case noFormer
    /// Another one was made live meanwhile.
    case isLate
    /// Only a program of the definition that made it can fold events into it.
    case otherDefinition(generation: Int, has: Int, program: Int)
    /// It could not fold so many events that the live one has.
    case lacks(generation: Int, events: Int)

    package var description: String {
        switch self {
        case .unknown(let number):
            "there is no generation \(number) of the read models; see 'patchflow projection list'"
        case .isLive(let number):
            "generation \(number) is the live one; make another one live first, with 'patchflow "
                + "projection rebuild' or 'back'"
        case .isBeingBuilt(let number):
            "generation \(number) is being built by a process that is at work; wait for it, or end "
                + "that process"
        case .isGone(let number):
            "generation \(number) was dropped while it was being built; begin again"
        case .noFormer:
            "there is no earlier generation of the read models to go back to; build them anew with "
                + "'patchflow projection rebuild'"
        case .isLate:
            "other read models were made live meanwhile: look at them with 'patchflow projection "
                + "list'"
        case .otherDefinition(let number, let has, let program):
            "generation \(number) was made by definition \(has) of the read models, and this program "
                + "has \(program): use the version of patchflow that has \(has)"
        case .lacks(let number, let events):
            "generation \(number) could not fold \(events) events that the live one has: see the log "
                + "of this command for the reasons; --accept-parked makes it live all the same"
        }
    }
}
