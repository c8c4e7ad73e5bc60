/// The fields of one 512-byte tar header, read strictly
/// ([POSIX pax, ustar interchange format](https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html)).
struct TarHeader {
    let name: [UInt8]
    let link: [UInt8]
    let type: UInt8
    let size: Int

    /// Reads a block of exactly 512 bytes.
    /// - Throws: ``ArchiveFault/invalid(reason:)``.
    init(_ block: [UInt8]) throws(ArchiveFault) {
        let spaces = 8 * 0x20
        let sum = block[..<148].reduce(spaces) { $0 + Int($1) } + block[156...].reduce(0) { $0 + Int($1) }
        guard try Self.number(block[148..<156]) == sum else {
            throw .invalid(reason: "a tar header's checksum is wrong")
        }
        size = try Self.number(block[124..<136])
        type = block[156]
        link = Self.text(block[157..<257])
        let own = Self.text(block[0..<100])
        // Only POSIX headers have the prefix; GNU's use the room otherwise.
        let prefix = block[257..<263].elementsEqual(Array("ustar\u{0}".utf8)) ? Self.text(block[345..<500]) : []
        name = prefix.isEmpty ? own : prefix + [UInt8(ascii: "/")] + own
    }

    /// The bytes up to the first NUL.
    private static func text(_ field: ArraySlice<UInt8>) -> [UInt8] {
        Array(field.prefix { $0 != 0 })
    }

    /// Octal digits between blanks, or a positive number in base 256.
    private static func number(_ field: ArraySlice<UInt8>) throws(ArchiveFault) -> Int {
        let fault = ArchiveFault.invalid(reason: "a tar header has a malformed number")
        var value = 0
        if field.first == 0x80 {
            for byte in field.dropFirst() {
                guard value <= Int.max >> 9 else { throw fault }
                value = value << 8 | Int(byte)
            }
            return value
        }
        let digits = field.drop { $0 == 0x20 }
        let octal = digits.prefix { (UInt8(ascii: "0")...UInt8(ascii: "7")).contains($0) }
        guard digits.dropFirst(octal.count).allSatisfy({ $0 == 0x20 || $0 == 0 }) else { throw fault }
        for digit in octal {
            guard value <= Int.max >> 4 else { throw fault }
            value = value << 3 | Int(digit - UInt8(ascii: "0"))
        }
        return value
    }
}
