import Testing

@testable import bench

@Suite("What the load generators and the kernel say")
struct ParserTests {
    @Test("wrk's line, with and without faults")
    func wrk() throws {
        let good = try #require(WrkLoad.parse("Running 2s test\nbench: 1000 2000000 3000000 0 0 0 0 0 512.0 2048.5\n"))
        #expect(good == LoadOutcome(requests: 1000, seconds: 2, bytes: 3_000_000, p50: 0.512, p99: 2.0485))
        let bad = try #require(WrkLoad.parse("bench: 10 2000000 3000 1 2 0 3 0 1.0 1.0"))
        #expect(bad.faults == ["1 connect errors", "2 read errors", "3 wrong statuses"])
        #expect(WrkLoad.parse("unable to connect to 127.0.0.1:1 Connection refused") == nil)
        #expect(try #require(WrkLoad.parse("bench: 0 2000000 0 0 0 0 0 0 0.0 0.0")).faults == ["no answer"])
    }

    @Test("h2load's summary")
    func h2load() throws {
        let output = """
            finished in 2.00s, 5000.50 req/s, 1.00MB/s
            requests: 10001 total, 10321 started, 10001 done, 10001 succeeded, 0 failed, 0 errored, 0 timeout
            status codes: 10001 2xx, 0 3xx, 0 4xx, 0 5xx
            traffic: 2.05MB (2150000) total, 100KB (102400) headers (space savings 50.00%), 1.9MB (2000000) data
            """
        let outcome = try #require(H2Load.parse(output))
        #expect(outcome.requests == 10_001 && outcome.seconds == 2 && outcome.bytes == 2_150_000)
        #expect(outcome.faults.isEmpty)
        let failing = output.replacing("10001 succeeded, 0 failed", with: "10000 succeeded, 1 failed")
        #expect(try #require(H2Load.parse(failing)).faults == ["1 failed"])
        let refused = output.replacing("10001 2xx, 0 3xx, 0 4xx", with: "1 2xx, 0 3xx, 10000 4xx")
        #expect(try #require(H2Load.parse(refused)).faults == ["answers other than 2xx"])
        #expect(H2Load.parse("nothing") == nil)
        #expect(H2Load.milliseconds("100\t200\t1500\n200\t200\t500\n") == [1.5, 0.5])
    }

    @Test("A process whose name holds a parenthesis")
    func processes() throws {
        let line = "42 (a b) c) S 7 42 42 0 -1 4194304 9 8 0 0 100 20 3 1 20 0 1 0 5 6 7"
        let entry = try #require(ProcessTable.parse(line))
        #expect(entry == ProcessTable.Entry(pid: 42, parent: 7, state: "S", ticks: 124))
        #expect(ProcessTable.parse("42 (short) S 7") == nil)
    }

    @Test("Bodies behind their lengths")
    func batches() throws {
        #expect(try PackageBatch.split([0, 0, 0, 2, 7, 8, 0, 0, 0, 1, 9]) == [[7, 8], [9]])
        #expect(throws: BenchFailure.self) { try PackageBatch.split([0, 0, 0, 2, 7]) }
    }

    @Test("Responses in pieces of any size", arguments: [1, 2, 3, 7, 1000])
    func responses(size: Int) throws {
        let texts = [
            ("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"a\"\r\n\r\nhello", 200, "hello"),
            (
                "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
                200, "hello"
            ),
            ("HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, ""),
        ]
        for (text, status, body) in texts {
            var reader = ResponseReader(keepsBody: true)
            let bytes = Array(text.utf8)
            for start in stride(from: 0, to: bytes.count, by: size) {
                #expect(!reader.isComplete)
                let piece = Array(bytes[start..<min(start + size, bytes.count)])
                #expect(piece.withUnsafeBytes { reader.take($0) })
            }
            #expect(reader.isComplete && reader.status == status)
            #expect(String(decoding: reader.body, as: UTF8.self) == body)
        }
    }
}
