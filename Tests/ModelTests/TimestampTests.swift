import HallmarkTesting
import RegistryModel
import Testing

@Suite("Times")
struct TimestampTests {
    @Test(
        "Known instants",
        arguments: [
            (0, "1970-01-01T00:00:00.000000Z", "Thu, 01 Jan 1970 00:00:00 GMT", 0),
            (-1, "1969-12-31T23:59:59.999999Z", "Wed, 31 Dec 1969 23:59:59 GMT", -1),
            (784_111_777_000_000, "1994-11-06T08:49:37.000000Z", "Sun, 06 Nov 1994 08:49:37 GMT", 9075),
            (951_782_400_000_001, "2000-02-29T00:00:00.000001Z", "Tue, 29 Feb 2000 00:00:00 GMT", 11_016),
            (-2_203_891_200_000_000, "1900-03-01T00:00:00.000000Z", "Thu, 01 Mar 1900 00:00:00 GMT", -25_508),
            (4_107_542_399_999_999, "2100-02-28T23:59:59.999999Z", "Sun, 28 Feb 2100 23:59:59 GMT", 47_540),
            (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z", "Fri, 31 Dec 9999 23:59:59 GMT", 2_932_896),
        ])
    func known(microseconds: Int64, rfc3339: String, httpDate: String, day: Int64) {
        let time = Timestamp(microseconds: microseconds)
        #expect(time.rfc3339() == rfc3339)
        #expect(time.httpDate == httpDate)
        #expect(time.day == day)
    }

    @Test("Precisions cut off, they do not round")
    func precision() {
        let time = Timestamp(microseconds: 1_767_225_600_999_999)
        #expect(time.rfc3339(.seconds) == "2026-01-01T00:00:00Z")
        #expect(time.rfc3339(.milliseconds) == "2026-01-01T00:00:00.999Z")
        #expect(Timestamp(microseconds: -1).rfc3339(.milliseconds) == "1969-12-31T23:59:59.999Z")
        #expect(Timestamp(microseconds: -1).seconds == -1)
        #expect(Timestamp(seconds: -1).microseconds == -1_000_000)
    }

    @Test("Order and arithmetic")
    func arithmetic() {
        let time = Timestamp(seconds: 100)
        #expect(time.advanced(bySeconds: -100) == Timestamp(microseconds: 0))
        #expect(time < time.advanced(bySeconds: 1))
        #expect(max(time, Timestamp(microseconds: 100_000_001)).microseconds == 100_000_001)
    }

    @Test("No instant that fits is a trap", arguments: [Int64.min, Int64.min + 1, -62_135_596_800_000_001, Int64.max])
    func extremes(microseconds: Int64) {
        let time = Timestamp(microseconds: microseconds)
        #expect(time.rfc3339().hasSuffix("Z"))
        #expect(time.httpDate.hasSuffix("GMT"))
        #expect((time.day < 0) == (microseconds < 0))
    }

    @Test("As Python's datetime has them", .enabled(if: SystemPython.isAvailable, "needs python3"))
    func oracle() async throws {
        let script = """
            import datetime, email.utils, sys
            epoch = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
            for line in sys.stdin:
                n = int(line)
                t = epoch + datetime.timedelta(microseconds=n)
                print('|'.join([t.strftime('%04d-%%m-%%dT%%H:%%M:%%S.%%fZ' % t.year),
                                email.utils.format_datetime(t, usegmt=True), str(n // 86400000000), str(n // 1000000)]))
            """
        var generator = SeededGenerator(seed: 31)
        // From the first day of year 1 to the last of year 9999: all that Python knows.
        let range: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999
        var instants = (0..<4000).map { _ in Int64.random(in: range, using: &generator) }
        for year in [1600, 1700, 1896, 1900, 1904, 1970, 1999, 2000, 2024, 2025, 2100, 2400] as [Int64] {
            // Around the 29th of February of each: the days before 1 March, counted with the leap rules spelled out.
            let past = year - 1
            let days = 365 * past + past / 4 - past / 100 + past / 400 - 719_162 + 58
            for day in days...(days + 2) {
                instants += [day * 86_400_000_000, day * 86_400_000_000 - 1, day * 86_400_000_000 + 86_399_999_999]
            }
        }
        let lines = try await SystemPython.lines(of: script, reading: instants.map(String.init))
        try #require(lines.count == instants.count)
        for (instant, line) in zip(instants, lines) {
            let time = Timestamp(microseconds: instant)
            #expect("\(time.rfc3339())|\(time.httpDate)|\(time.day)|\(time.seconds)" == line)
        }
    }
}
