import Formats
import Persistence
package import RegistryModel

/// Where the owner of a claim says that its proof is.
package enum NamespaceProofWish: Hashable, Sendable {
    /// In DNS: at that domain, or at those that a groupId means.
    case dns(domain: String?)
    /// A repository named like the key, on that code host, or on the one that a groupId means.
    case repository(host: String?)
}

/// A proof that was found.
struct FoundProof: Sendable {
    let method: String
    let target: String
    var dnssec: String?
}

/// Why a proof was not found.
struct MissingProof: Error, Hashable {
    let detail: String
    /// Whether somebody could tell that it is not there.
    let isDefinite: Bool
}

extension Namespaces {
    /// Looks for the proof of a claim, now; the namespace is the principal's from then on.
    ///
    /// A namespace that is verified can be proven in another place.
    /// - Throws: ``Problem/Code/namespaceUnproven`` with what was found instead, ``Problem/Code/namespaceTaken`` where it is
    ///   somebody else's, ``Problem/Code/namespaceLimit`` where it was looked for a moment ago.
    package func verify(
        _ ecosystem: EcosystemID, name raw: String, _ wish: NamespaceProofWish, by principal: Principal
    ) async throws -> Namespace {
        let (name, proof) = try proof(ecosystem, raw)
        let at = core.clock.now()
        let claim = try await write(principal, at) { [self] scope in
            try scope.authorize(ecosystem)
            var claim = try scope.own(ecosystem, name)
            try check(claim, scope)
            if let last = claim.checkedAt, at < last.advanced(bySeconds: policy.pauseSeconds) {
                throw Problem(.namespaceLimit, "The proof was looked for a moment ago. Try again in a few seconds.")
            }
            claim.checkedAt = at
            try scope.store.update(claim)
            return claim
        }
        do {
            let found = try await find(proof, of: claim, wish)
            return try await accept(found, claim.id, name, by: principal)
        } catch let missing as MissingProof {
            try await write(principal, core.clock.now()) { scope in
                guard var claim = try scope.store.find(id: claim.id) else { return }
                claim.lastError = missing.detail.limited(toScalars: 300)
                try scope.store.update(claim)
            }
            throw Problem(.namespaceUnproven, missing.detail)
        }
    }

    /// Whether anything but a proof stands in the way of a claim.
    private func check(_ claim: Namespace, _ scope: NamespaceScope) throws {
        guard claim.state != .assigned else {
            throw Problem(.conflict, "The operator vouches for '\(claim.name)'; it needs no proof.")
        }
        if let other = try scope.effective(claim.ecosystem, claim.key), other.id != claim.id {
            throw Problem(
                .namespaceTaken,
                "The namespace '\(claim.name)' belongs to \(other.owner). Ask for a role on it, or for a transfer."
            )
        }
        let format = try core.format(claim.ecosystem)
        // A namespace is in all that it lies in, so whoever is not an owner of those gets none inside.
        guard let inside = format.separatedKey(inside: claim.key) else { return }
        let keys = Array(format.namespaceKeys(of: inside.name).drop { $0 != claim.key }.dropFirst())
        let around = try scope.store.effective(claim.ecosystem, keys: keys)
        if let outer = around.first,
            try scope.store.role(ids: around.map(\.id), userID: claim.ownerID) != .owner
        {
            throw Problem(
                .namespaceTaken, "'\(claim.name)' lies in the namespace '\(outer.name)' of \(outer.owner).")
        }
        try checkPrefix(claim, format, inside.separator, scope)
    }

    /// A prefix reserves names that were nobody's to reserve, so it needs that no others have any of them.
    private func checkPrefix(
        _ claim: Namespace, _ format: any PackageFormat, _ separator: UInt8, _ scope: NamespaceScope
    ) throws {
        guard format.namespaceKind == .prefix, !claim.isVerified else { return }
        let projects = ProjectStore(scope.connection)
        var foreign: String?
        if let project = try projects.find(ProjectCoordinates(ecosystem: claim.ecosystem, nameKey: claim.key)),
            try projects.role(project.id, userID: claim.ownerID) != .owner
        {
            foreign = project.name.display
        }
        if foreign == nil, let range = NameRange(inside: claim.key, separator: separator) {
            foreign = try projects.foreign(to: claim.ownerID, in: range, of: claim.ecosystem)
        }
        guard let foreign else { return }
        throw Problem(
            .namespaceTaken,
            "'\(foreign)' is somebody else's project, so that the operator alone can assign the prefix '\(claim.name)'."
        )
    }

    /// Makes a claim with its proof what decides.
    private func accept(
        _ found: FoundProof, _ id: Int64, _ name: ProjectName, by principal: Principal
    ) async throws -> Namespace {
        let at = core.clock.now()
        return try await write(principal, at) { [self] scope in
            guard var claim = try scope.store.find(id: id) else {
                throw Problem(.conflict, "The claim of '\(name.display)' was withdrawn meanwhile.")
            }
            try check(claim, scope)
            let wasVerified = claim.isVerified
            claim.state = .verified
            claim.method = found.method
            claim.target = found.target
            claim.dnssec = found.dnssec
            claim.verifiedAt = wasVerified ? claim.verifiedAt : at
            claim.checkedAt = at
            claim.nextCheckAt = at.advanced(bySeconds: policy.checkDays * 86_400)
            claim.failingSince = nil
            claim.lastError = nil
            try scope.store.update(claim)
            try scope.record(
                wasVerified ? "namespace.proven-again" : "namespace.verified", claim,
                [
                    ("method", .string(found.method)), ("target", .string(found.target)),
                    ("dnssec", found.dnssec.map(JSONValue.string) ?? .null),
                ], visibility: wasVerified ? .private : .public)
            return claim
        }
    }

    /// Looks for a proof where its owner says that it is.
    /// - Throws: ``MissingProof``; `Problem` where the wish makes no sense or too much waits.
    func find(
        _ proof: NamespaceProof, of claim: Namespace, _ wish: NamespaceProofWish
    ) async throws -> FoundProof {
        switch wish {
        case .dns(let domain?):
            guard proof.isProven(at: domain) else {
                throw Problem(
                    .badRequest,
                    "A record at '\(domain.prefix(253))' does not prove '\(claim.name)': see the namespaces page of the documentation."
                )
            }
            return try await findRecord(of: claim, at: [domain.lowercased()])
        case .dns(nil):
            guard !proof.domains.isEmpty else { throw Problem(.badRequest, "Name the domain: 'domain'.") }
            return try await findRecord(of: claim, at: proof.domains)
        case .repository(let name):
            let fitting = hosts.filter { name == nil || $0.name == name?.lowercased() }
            let accounts = fitting.compactMap { host in proof.account(on: host).map { (host, $0) } }
            guard let (host, account) = accounts.first, name != nil || accounts.count == 1 else {
                let names = hosts.filter { proof.account(on: $0) != nil }.map(\.name).joined(separator: ", ")
                throw Problem(
                    .badRequest,
                    names.isEmpty
                        ? "No account on a code host proves '\(claim.name)'. Use a DNS record."
                        : "Name the code host: 'host' is one of \(names).")
            }
            return try await findRepository(host.address(owner: account, repository: claim.challenge))
        }
    }

    private func findRecord(of claim: Namespace, at domains: [String]) async throws -> FoundProof {
        let wanted = Self.record(of: claim)
        var seen: [String] = []
        var isDefinite = true
        for domain in domains {
            do {
                let answer = try await dns.texts(of: domain)
                if answer.texts.contains(wanted) {
                    return FoundProof(method: "dns", target: domain, dnssec: answer.isSecure ? "secure" : "insecure")
                }
                let count = answer.texts.count
                seen.append("'\(domain)' has \(count) TXT record\(count == 1 ? "" : "s"), none of which is it")
            } catch DNSFault.absent {
                seen.append("'\(domain)' has no TXT record")
            } catch DNSFault.bogus(let reason) {
                // What is forged must not end a namespace either.
                isDefinite = false
                seen.append("the answer for '\(domain)' is not authentic (DNSSEC): \(reason)")
            } catch DNSFault.unreachable(let reason) {
                isDefinite = false
                seen.append("'\(domain)' cannot be asked for: \(reason)")
            }
        }
        throw MissingProof(
            detail: "No TXT record '\(wanted)': \(seen.joined(separator: "; ")).", isDefinite: isDefinite)
    }

    private func findRepository(_ address: String) async throws -> FoundProof {
        do {
            let page = try await pages.fetch(address, limit: 1024)
            guard page.status == 200 else {
                throw MissingProof(
                    detail: "There is no public repository at '\(address)': the answer is \(page.status).",
                    isDefinite: [301, 302, 303, 307, 308, 404, 410].contains(page.status))
            }
            return FoundProof(method: "repository", target: address)
        } catch FetchFault.refused(let reason), FetchFault.unreachable(let reason) {
            throw MissingProof(detail: "'\(address)' cannot be asked for: \(reason).", isDefinite: false)
        }
    }
}

extension PackageFormat {
    /// A name that lies in the namespace with that key and goes on with a letter, and the separator between both.
    func separatedKey(inside key: String) -> (name: String, separator: UInt8)? {
        separators(inside: key).first.map { (Self.name(key, $0), $0) }
    }

    /// What follows the key of a namespace in the names that lie in it.
    func separators(inside key: String) -> [UInt8] {
        "/:.-_".utf8.filter { namespaceKeys(of: Self.name(key, $0)).contains(key) }
    }

    private static func name(_ key: String, _ separator: UInt8) -> String {
        key + String(UnicodeScalar(separator)) + "x"
    }
}
