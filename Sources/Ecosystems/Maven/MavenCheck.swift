import Archives
import Formats
import Publishing
import RegistryModel

/// Looks for everything that is wrong with the files of one release, so that a publisher hears of all of it at once.
struct MavenCheck {
    let coordinates: MavenCoordinates
    let submission: Submission
    /// The digests that were sent, by the names of the files that they came in (`tiny-1.0.jar.sha1`); in hexadecimal.
    let checksums: [String: String]
    /// The files whose sender asked for checksums to be made.
    var generated: Set<String> = []
    let demands: Set<MavenPolicy.Demand>
    let completion: MavenCompletion
    /// Descriptions that are published together with this one, by their coordinates.
    var siblings: [String: POM] = [:]

    /// A sentence for every fault; empty where there is none.
    func faults(by principal: Principal) async throws -> [String] {
        var faults: [String] = []
        var deployment: MavenDeployment?
        do throws(Problem) {
            deployment = try MavenDeployment(coordinates, submission.files)
        } catch {
            guard error.code != .internalError else { throw error }
            faults.append(error.detail)
        }
        if let deployment {
            faults += try await missing(deployment)
        }
        faults += wrongChecksums()
        faults += try await signatures(by: principal)
        return faults
    }

    /// What Central asks of the description and of the set of files, as far as it is asked here.
    private func missing(_ deployment: MavenDeployment) async throws -> [String] {
        let parents = try await MavenParents(completion: completion, siblings: siblings).of(deployment.pom)
        return MavenRequirement.missing(deployment, parents: parents).filter { requirement in
            requirement.demand.map(demands.contains) ?? !coordinates.isSnapshot
        }.map(\.sentence)
    }

    /// Digests that are missing or wrong.
    private func wrongChecksums() -> [String] {
        var faults: [String] = []
        var known: Set<String> = []
        for file in submission.files {
            for checksum in MavenPath.Checksum.allCases {
                let key = "\(file.name).\(checksum.rawValue)"
                known.insert(key)
                guard let digest = checksums[key] else { continue }
                if digest != checksum.text(of: file.digests) {
                    faults.append("\(file.name).\(checksum.rawValue) is not the \(checksum.rawValue) of the file.")
                }
            }
            guard demands.contains(.checksums), !Self.isSignature(file.name),
                !generated.contains(file.name)
            else { continue }
            let missing = [MavenPath.Checksum.md5, .sha1].filter { checksums["\(file.name).\($0)"] == nil }
            if !missing.isEmpty {
                let names = missing.map { "\(file.name).\($0.rawValue)" }
                faults.append("\(names.joined(separator: " and ")) \(names.count == 1 ? "is" : "are") missing.")
            }
        }
        let strays = checksums.keys.filter { !known.contains($0) }.sorted()
        return faults + strays.map { "\($0) belongs to a file that was not sent." }
    }

    /// Signatures that prove nothing: wrong ones always, and those of unknown keys where signatures are asked for.
    private func signatures(by principal: Principal) async throws -> [String] {
        let pairs = submission.files.compactMap { signature -> (ReceivedFile, ReceivedFile)? in
            guard signature.name.hasSuffix(Self.suffix) else { return nil }
            let name = signature.name.dropLast(Self.suffix.count)
            return submission.files.first { $0.name == name }.map { ($0, signature) }
        }
        guard !pairs.isEmpty else { return [] }
        let verdicts = try await completion.publishing.signatures.verify(pairs, by: principal)
        return zip(pairs, verdicts).compactMap { pair, verdict in
            switch verdict {
            case .good: nil
            case .wrong: "\(pair.1.name) is not a good signature of the file."
            case .unreadable: "\(pair.1.name) is no OpenPGP signature."
            case .unknownKey(let id):
                demands.contains(.signatures)
                    ? "\(pair.1.name) was made with the key \(id), which \(principal.userName) has not registered."
                    : nil
            }
        }
    }

    private static let suffix = ".asc"

    private static func isSignature(_ name: String) -> Bool {
        MavenPath.Signature.allCases.contains { name.hasSuffix(".\($0.rawValue)") }
    }
}
