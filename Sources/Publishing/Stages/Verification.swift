package import RegistryModel

/// Something that proves, or disproves, where a file comes from: a signature, an attestation, provenance.
package protocol ReleaseVerifier: Sendable {
    /// Checks what came with a submission.
    ///
    /// Returns the kinds of proof it found and confirmed; throws a `Problem` for proof that is there and wrong.
    func verify(_ submission: Submission, manifest: Manifest, by principal: Principal) async throws -> [String]
}

/// A submission whose signatures and attestations, where it has any, hold.
struct VerifiedSubmission: Sendable {
    let inspected: InspectedSubmission
    /// The kinds of proof that were confirmed.
    let proofs: [String]

    fileprivate init(inspected: InspectedSubmission, proofs: [String]) {
        self.inspected = inspected
        self.proofs = proofs
    }
}

/// The third stage: proof of origin, held against the identity that publishes.
struct Verification: Sendable {
    let verifiers: [any ReleaseVerifier]

    func verify(_ inspected: InspectedSubmission) async throws -> VerifiedSubmission {
        var proofs: [String] = []
        for verifier in verifiers {
            proofs += try await verifier.verify(
                inspected.admitted.submission, manifest: inspected.manifest, by: inspected.admitted.principal)
        }
        return VerifiedSubmission(inspected: inspected, proofs: proofs)
    }
}
