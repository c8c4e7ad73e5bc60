import Foundation
import HTTPSupport
import Logging
import RegistryModel
import Testing

@Suite("Logs")
struct HTTPLogTests {
    @Test("Lines arrive whole, in order, and without tokens")
    func sink() async throws {
        let pipe = Pipe()
        let sink = DescriptorLogSink(descriptor: pipe.fileHandleForWriting.fileDescriptor)
        let token = "hlmk_\(String(repeating: "Z", count: 36))"
        let reading = Task.detached {
            var text = ""
            while text.count(where: { $0 == "\n" }) < 1000 {
                text += String(decoding: pipe.fileHandleForReading.availableData, as: UTF8.self)
            }
            return text
        }
        for index in 0..<1000 { sink.write(Array("line \(index) \(token), \(token)!".utf8)) }
        let lines = await reading.value.split(separator: "\n")
        #expect(lines.count == 1000)
        for (index, line) in lines.enumerated() {
            #expect(line == "line \(index) hlmk_[redacted], hlmk_[redacted]!")
        }
        #expect(sink.dropped == 0)
        withExtendedLifetime(pipe) { sink.flush() }
    }

    @Test("A stalled reader costs lines, not memory")
    func stalledReader() {
        let pipe = Pipe()
        let sink = DescriptorLogSink(descriptor: pipe.fileHandleForWriting.fileDescriptor, bound: 1000)
        for _ in 0..<100_000 { sink.write(Array("0123456789".utf8)) }
        #expect(sink.dropped > 0)
        // Without a reader the thread that writes goes on. The descriptor must live until it is done: its number would
        // be another connection's by then.
        signal(SIGPIPE, SIG_IGN)
        try? pipe.fileHandleForReading.close()
        withExtendedLifetime(pipe) { sink.flush() }
    }

    @Test("The program's own log is JSON with its metadata")
    func handler() throws {
        let sink = MemoryLogSink()
        var logger = Logger(label: "publishing") { JSONLogHandler(label: $0, sink: sink, clock: FixedClock()) }
        logger[metadataKey: "request"] = "abc"
        logger.debug("not shown")
        logger.warning("a \"quoted\" message", metadata: ["diagnostic": "line 1\nline 2", "request": "def"])
        let lines = sink.lines
        try #require(lines.count == 1)
        let line = try JSONValue.parse(Array(lines[0].utf8))
        #expect(line["level"]?.stringValue == "warning")
        #expect(line["logger"]?.stringValue == "publishing")
        #expect(line["message"]?.stringValue == "a \"quoted\" message")
        #expect(line["diagnostic"]?.stringValue == "line 1\nline 2")
        #expect(line["request"]?.stringValue == "def")
        #expect(line["at"]?.stringValue == FixedClock().now().rfc3339(.milliseconds))
    }

    @Test(
        "Paths without secrets",
        arguments: [
            ("/simple/lantern/?x=1#y", "/simple/lantern/"), ("/-/user/token/abc", "/-/user/token/[redacted]"),
            ("/npm/-/user/token/abc/more", "/npm/-/user/token/[redacted]/more"),
            ("/npm/-/npm/v1/tokens/token/abc", "/npm/-/npm/v1/tokens/token/[redacted]"),
            ("/token/abc", "/token/abc"), ("/", "/"), ("", ""),
        ] as [(String, String)])
    func paths(_ path: String, _ shown: String) {
        #expect(Redaction.path(path) == shown)
    }
}
