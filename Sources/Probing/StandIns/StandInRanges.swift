import Crypto
import Foundation
import RegistryModel

/// A list of leaked passwords in the Have I Been Pwned range protocol: the passwords that an assessment calls leaked.
struct StandInRanges: Sendable {
    private let hashes: [String]

    /// A list of those passwords.
    init(_ passwords: [String]) {
        hashes = passwords.map { Hex.encode(Insecure.SHA1.hash(data: Array($0.utf8))).uppercased() }
    }

    /// Answers `…/range/ABCDE` with the rest of each hash and how often it was seen; nil for other paths.
    func answer(_ request: StandInRequest) -> StandInAnswer? {
        guard let range = request.path.range(of: "/range/") else { return nil }
        let prefix = request.path[range.upperBound...].prefix(5).uppercased()
        // Padding, as the service adds it: hashes that nobody has, seen no times.
        var lines = (0..<20).map { "0000000000000000000000000000000\(String(0x1000 + $0, radix: 16).uppercased()):0" }
        lines += hashes.filter { $0.hasPrefix(prefix) }.map { "\($0.dropFirst(5)):4711" }
        return StandInAnswer(mediaType: "text/plain", body: Array(lines.joined(separator: "\r\n").utf8))
    }
}
