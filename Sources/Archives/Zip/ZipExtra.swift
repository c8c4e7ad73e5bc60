import CZlib

/// The extra fields of one header that change what the header says.
struct ZipExtra {
    /// The values of the zip64 field (`0x0001`), in order.
    private(set) var wide: [UInt8]?
    /// The Unicode path field (`0x7075`).
    private(set) var unicodePath: [UInt8]?

    /// Splits the extra area; its fields must fill it exactly, and neither of the two may come twice.
    init(_ bytes: ArraySlice<UInt8>, path: String) throws(ArchiveFault) {
        var rest = bytes
        while !rest.isEmpty {
            let head = ZipRecord(Array(rest.prefix(4)))
            guard rest.count >= 4 else { throw .zip(.extraField, path: path) }
            let id = try head.uint16(0)
            let count = Int(try head.uint16(2))
            guard count <= rest.count - 4 else { throw .zip(.extraField, path: path) }
            let body = Array(rest.dropFirst(4).prefix(count))
            rest = rest.dropFirst(4 + count)
            switch id {
            case 0x0001:
                guard wide == nil else { throw .zip(.extraField, path: path) }
                wide = body
            case 0x7075:
                guard unicodePath == nil else { throw .zip(.extraField, path: path) }
                unicodePath = body
            default: break
            }
        }
    }

    /// The header's 32-bit values with those that are all ones taken from the zip64 field, which must hold exactly these.
    func widen(_ values: [UInt32], path: String) throws(ArchiveFault) -> [UInt64] {
        let marked = values.filter { $0 == .max }.count
        guard (wide?.count ?? 0) == marked * 8 else { throw .zip(.zip64Field, path: path) }
        let record = ZipRecord(wide ?? [])
        var next = 0
        var out: [UInt64] = []
        for value in values {
            if value == .max {
                out.append(try record.uint64(next))
                next += 8
            } else {
                out.append(UInt64(value))
            }
        }
        return out
    }

    /// Requires that a Unicode path field names the very path of the header.
    ///
    /// Readers that know the field take its name, others the header's; the checksum in it only says which header it was
    /// made for.
    func requireUnicodePath(_ name: ArraySlice<UInt8>, path: String) throws(ArchiveFault) {
        guard let unicodePath else { return }
        let record = ZipRecord(unicodePath)
        let checksum = name.withContiguousStorageIfAvailable {
            crc32(0, $0.baseAddress, UInt32(clamping: $0.count))
        }
        guard unicodePath.count >= 5, unicodePath[0] == 1, unicodePath[5...].elementsEqual(name),
            checksum == UInt(try record.uint32(1))
        else { throw .zip(.unicodePath, path: path) }
    }
}
