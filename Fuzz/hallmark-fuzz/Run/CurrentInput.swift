import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#endif

/// The input that a worker is running, in a file mapped into its memory, where the supervisor finds it after a crash.
///
/// Layout: run number and length, eight bytes each in the machine's order, then the input.
///
/// Unchecked because the worker's one task writes, and nobody in the same process reads.
final class CurrentInput: @unchecked Sendable {
    private static let head = 16
    private let memory: UnsafeMutableRawPointer
    private let size: Int

    /// Makes or opens the file.
    init?(path: String, maximumBytes: Int) {
        size = Self.head + maximumBytes
        let file = open(path, O_RDWR | O_CREAT, 0o600)
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard ftruncate(file, off_t(size)) == 0,
            let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0), memory != MAP_FAILED
        else { return nil }
        self.memory = memory
    }

    deinit {
        munmap(memory, size)
    }

    /// Notes what is about to be run.
    func note(run: Int, _ input: [UInt8]) {
        let count = min(input.count, size - Self.head)
        memory.storeBytes(of: run, as: Int.self)
        memory.storeBytes(of: count, toByteOffset: 8, as: Int.self)
        input.withUnsafeBytes { source in
            guard count > 0, let base = source.baseAddress else { return }
            memory.advanced(by: Self.head).copyMemory(from: base, byteCount: count)
        }
    }

    /// What a worker noted last.
    static func read(_ path: String) -> (run: Int, input: [UInt8])? {
        guard let data = FileManager.default.contents(atPath: path), data.count >= head else { return nil }
        let numbers = Array(data.prefix(head)).withUnsafeBytes {
            ($0.load(as: Int.self), $0.load(fromByteOffset: 8, as: Int.self))
        }
        guard numbers.1 >= 0, numbers.1 <= data.count - head else { return nil }
        return (numbers.0, Array(data.dropFirst(head).prefix(numbers.1)))
    }
}
