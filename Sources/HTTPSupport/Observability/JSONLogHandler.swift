package import Logging
package import RegistryModel

/// Writes the program's own log as JSON, one object a line, to the sink that takes the request log too.
package struct JSONLogHandler: LogHandler {
    package var metadata: Logger.Metadata = [:]
    package var logLevel: Logger.Level
    private let label: String
    private let sink: any LogSink
    private let clock: any WallClock

    /// Makes the handler of one logger.
    package init(label: String, sink: any LogSink, clock: any WallClock, level: Logger.Level = .info) {
        self.label = label
        self.sink = sink
        self.clock = clock
        logLevel = level
    }

    package subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    package func log(event: LogEvent) {
        var members: [(String, JSONValue)] = [
            ("at", .string(clock.now().rfc3339(.milliseconds))), ("level", .string(event.level.rawValue)),
            ("logger", .string(label)), ("message", .string(event.message.description)),
        ]
        let all = metadata.merging(event.metadata ?? [:]) { $1 }
        for (key, value) in all.sorted(by: { $0.key < $1.key }) where key != "hb.request.id" {
            members.append((key, .string(value.description)))
        }
        sink.write(JSONValue.object(members.map(JSONValue.Member.init)).bytes())
    }
}
