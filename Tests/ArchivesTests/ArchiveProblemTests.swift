import Archives
import RegistryModel
import Testing

@Suite("Refusals of archives in words")
struct ArchiveProblemTests {
    private static let faults: [(ArchiveFault, Problem.Code)] = [
        (.unreadable, .internalError), (.empty, .archiveInvalid), (.invalid(reason: "secret"), .archiveInvalid),
        (.truncated, .archiveInvalid), (.trailingData, .archiveInvalid), (.multipleStreams, .archiveInvalid),
        (.tooManyEntries(limit: 3), .archiveTooLarge), (.tooLarge(limit: 3), .archiveTooLarge),
        (.ratio(limit: 3), .archiveTooLarge), (.entryTooLarge(path: "a", limit: 3), .archiveTooLarge),
        (.unsafePath(path: "../a", .parent), .archiveUnsafe), (.unsafeLink(path: "a", target: "/"), .archiveUnsafe),
        (.forbiddenKind(path: "a", .device), .archiveUnsafe), (.duplicate(path: "a"), .archiveUnsafe),
        (.caseCollision(path: "a", other: "A"), .archiveUnsafe), (.fileAsDirectory(path: "a/b"), .archiveUnsafe),
        (.zip(.gap, path: "a"), .archiveUnsafe), (.zip(.localHeader(.checksum), path: nil), .archiveUnsafe),
        (.zip(.encrypted, path: "a"), .archiveInvalid), (.tar(.twoNames, path: "a"), .archiveUnsafe),
    ]

    @Test("Each fault has its code and one line that ends in a full stop", arguments: faults)
    func sentence(fault: ArchiveFault, code: Problem.Code) {
        let problem = Problem(fault)
        #expect(problem.code == code)
        #expect(problem.detail.hasSuffix(".") && problem.detail.count > 15)
        #expect(!problem.detail.contains("\n") && !problem.detail.contains("secret"))
    }

    @Test("A hostile path is shown without its control characters and cut short")
    func quoting() {
        let path = "a\n\u{1B}[31m\u{202E}" + String(repeating: "x", count: 5000)
        let detail = Problem(ArchiveFault.unsafePath(path: path, .controlCharacter)).detail
        #expect(detail.contains("a\\u{a}\\u{1b}[31m\\u{202e}xxx"))
        #expect(detail.utf8.count < 300)
    }
}
