import RegistryModel
import SwiftASN1
import X509

/// The names under which clients reach a server with a local certificate authority.
struct ServerNames: Hashable {
    /// DNS names, lower-case, sorted; `localhost` is always among them.
    let hosts: [String]
    /// Addresses as their 4 or 16 bytes; the loopback addresses are always among them.
    let addresses: [[UInt8]]

    /// Sorts names and addresses apart.
    init(_ names: [String]) {
        var hosts: Set<String> = ["localhost"]
        var addresses: Set<[UInt8]> = [[127, 0, 0, 1], Self.loopback6]
        for name in names where !name.isEmpty {
            if let bytes = AddressBlock.bytes(of: name) {
                addresses.insert(bytes)
            } else {
                hosts.insert(name.lowercased())
            }
        }
        self.hosts = hosts.sorted()
        self.addresses = addresses.sorted { $0.lexicographicallyPrecedes($1) }
    }

    private static let loopback6 = [UInt8](repeating: 0, count: 15) + [1]

    /// The names as a certificate lists them.
    var generalNames: [GeneralName] {
        hosts.map { .dnsName($0) } + addresses.map { .ipAddress(ASN1OctetString(contentBytes: $0[...])) }
    }

    /// The addresses as name constraints: each with the mask of a single address.
    var addressRanges: [[UInt8]] {
        addresses.map { $0 + [UInt8](repeating: 0xFF, count: $0.count) }
    }

    /// Whether a certificate lists exactly these names.
    func match(_ certificate: Certificate) -> Bool {
        guard let names = try? certificate.extensions.subjectAlternativeNames else { return false }
        return Set(names) == Set(generalNames)
    }

    /// Whether an authority may vouch for all these names.
    func areWithin(_ authority: Certificate) -> Bool {
        guard let constraints = try? authority.extensions.nameConstraints else { return false }
        let ranges = Set(constraints.permittedIPRanges.map { Array($0.bytes) })
        return Set(hosts).isSubset(of: Set(constraints.permittedDNSDomains))
            && Set(addressRanges).isSubset(of: ranges)
    }
}
