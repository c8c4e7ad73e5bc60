import RegistryModel

/// A zip's central directory, after every local header has been held against it.
///
/// A zip names its entries twice, and installers differ in which list they believe; an archive whose lists differ can
/// show one content to a scanner and another to a user. Accepted is only what has one reading: the file begins with the
/// first local header, entries follow each other in the directory's order without a gap, the directory follows the last
/// one, and every field that both headers have is equal.
struct ZipDirectory {
    let members: [ZipMember]

    init(_ source: any ByteSource, limits: ArchiveLimits) throws(ArchiveFault) {
        let end = try ZipEnd(source)
        guard end.entryCount <= limits.entries else { throw .tooManyEntries(limit: limits.entries) }
        guard end.entryCount > 0 else { throw .empty }
        var members: [ZipMember] = []
        var offset = end.directoryOffset
        let directoryEnd = end.directoryOffset + end.directorySize
        for _ in 0..<end.entryCount {
            guard offset < directoryEnd else { throw .zip(.directoryEntry, path: nil) }
            let member = try ZipMember(source, at: offset, limits: limits)
            members.append(member)
            offset += member.recordSize
        }
        guard offset == directoryEnd else { throw .zip(.directoryEntry, path: nil) }
        self.members = members
        try checkTotal(limits: limits)
        try checkLocalHeaders(source, directoryOffset: end.directoryOffset)
    }

    /// Refuses early what would be refused while unpacking anyway.
    private func checkTotal(limits: ArchiveLimits) throws(ArchiveFault) {
        var total = 0
        for member in members {
            let (sum, overflow) = total.addingReportingOverflow(member.size)
            guard !overflow, sum <= limits.unpackedBytes else { throw .tooLarge(limit: limits.unpackedBytes) }
            total = sum
        }
    }

    private func checkLocalHeaders(_ source: any ByteSource, directoryOffset: Int) throws(ArchiveFault) {
        var expected = 0
        for (index, member) in members.enumerated() {
            guard member.localOffset == expected else { throw .zip(.gap, path: member.path.text) }
            let local = try ZipLocalHeader(source, of: member)
            let next = index + 1 < members.count ? members[index + 1].localOffset : directoryOffset
            let (dataEnd, overflow) = local.dataOffset.addingReportingOverflow(member.compressedSize)
            guard !overflow, dataEnd <= next, next <= directoryOffset else {
                throw .zip(.gap, path: member.path.text)
            }
            if local.hasDescriptor {
                try ZipLocalHeader.checkDescriptor(source, from: dataEnd, to: next, of: member)
            } else if dataEnd != next {
                throw .zip(.gap, path: member.path.text)
            }
            expected = next
        }
    }
}
