import API
import Accounts
import Ecosystems
import HTTPSupport
import Publishing
import Testing
import WebUI

@Suite("What every route holds", .timeLimit(.minutes(10)))
struct RouteSizeTests {
    @Test("A route refers to the registry; five hundred of them would hold five hundred copies of its parts otherwise")
    func sizes() {
        let reference = MemoryLayout<AnyObject>.size
        #expect(MemoryLayout<RegistryServices>.size == reference)
        #expect(MemoryLayout<AccountServices>.size == reference)
        #expect(MemoryLayout<RegistryCore>.size == reference)
        #expect(MemoryLayout<AccountCore>.size == reference)
        let routes: [(String, Int)] = [
            ("PyPI", MemoryLayout<PyPIRoutes>.size), ("Cargo", MemoryLayout<CargoRoutes>.size),
            ("npm", MemoryLayout<NPMRoutes>.size), ("Swift", MemoryLayout<SwiftRoutes>.size),
            ("Composer", MemoryLayout<ComposerRoutes>.size), ("Maven", MemoryLayout<MavenRoutes>.size),
            ("API", MemoryLayout<APIRoutes>.size), ("pages", MemoryLayout<WebUIRoutes>.size),
        ]
        for (name, size) in routes { #expect(size <= 512, "\(name): \(size) bytes") }
    }
}
