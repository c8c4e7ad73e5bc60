#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The bytes that select an answer, collected in memory that is used again for the next request.
///
/// Owns its memory; whoever makes one calls ``deallocate()``.
package struct LaneKey {
    /// Longer selections are the framework's.
    private static let capacity = 1024

    private let bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 8)
    private var count = 0
    /// Whether it did not fit, so that it selects nothing.
    private(set) var isTooLong = false

    /// Takes the memory.
    package init() {}

    /// Begins anew.
    package mutating func reset(_ transport: LaneTransport) {
        count = 1
        isTooLong = false
        bytes[0] = transport.rawValue
    }

    mutating func append(_ source: UnsafeRawBufferPointer, _ range: Range<Int>) {
        guard count + range.count < Self.capacity else {
            isTooLong = true
            return
        }
        for index in range {
            bytes[count] = source[index]
            count += 1
        }
        // No part can hold a line end, so that parts cannot run into one another.
        bytes[count] = .lineFeed
        count += 1
    }

    mutating func append(_ source: UnsafeRawBufferPointer, _ name: Range<Int>, _ value: Range<Int>) {
        append(source, name)
        append(source, value)
    }

    /// What was collected.
    var contents: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: bytes[0..<count]) }

    /// A number that differs between keys, and between runs of the program.
    var hash: Int {
        var hasher = Hasher()
        hasher.combine(bytes: contents)
        return hasher.finalize()
    }

    /// Whether it is these bytes.
    @inline(__always)
    func equals(_ other: UnsafeRawBufferPointer) -> Bool {
        guard other.count == count, let left = other.baseAddress, let right = bytes.baseAddress else { return false }
        return memcmp(left, right, count) == 0
    }

    /// Gives the memory back.
    package func deallocate() {
        bytes.deallocate()
    }
}
