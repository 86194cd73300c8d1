/// Messages of NOTIFY, as they come.
package typealias ChannelMessages = AsyncThrowingStream<ChannelMessage, any Error>

extension Connection {
    /// What comes from now on, on every channel to which this connection listens. Take it before
    /// LISTEN, so that nothing falls in between.
    ///
    /// A message is a hint: when the reader is more than 1,024 behind, the oldest are dropped. The
    /// stream ends with a `PostgresError` when the connection does. It does not keep the connection
    /// open.
    package var notifications: ChannelMessages {
        let session = session
        let (messages, continuation) = ChannelMessages.makeStream(
            bufferingPolicy: .bufferingNewest(1024))
        session.reactor.perform {
            let listener = session.addListener { message, end in
                if let message { continuation.yield(message) }
                if let end { continuation.finish(throwing: end) }
            }
            continuation.onTermination = { _ in
                session.reactor.perform { session.removeListener(listener) }
            }
        }
        return messages
    }
}
