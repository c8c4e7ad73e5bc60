import Testing

@testable import Outbound

@Suite("What may be asked of other servers")
struct AddressTests {
    @Test("Private, local and special addresses are not of the public network")
    func special() {
        let inside: [[UInt8]] = [
            [127, 0, 0, 1], [10, 1, 2, 3], [172, 16, 0, 1], [172, 31, 255, 255], [192, 168, 1, 1],
            [169, 254, 169, 254],
            [100, 64, 0, 1], [0, 0, 0, 0], [224, 0, 0, 1], [255, 255, 255, 255],
            [UInt8](repeating: 0, count: 15) + [1], [0xFC] + [UInt8](repeating: 0, count: 15),
            [0xFE, 0x80] + [UInt8](repeating: 0, count: 14),
            [UInt8](repeating: 0, count: 10) + [0xFF, 0xFF, 8, 8, 8, 8],
            [0x20, 0x02, 127, 0, 0, 1] + [UInt8](repeating: 0, count: 10), [1, 2, 3],
        ]
        for address in inside { #expect(!PublicAddress.contains(address), "\(address)") }
        let outside: [[UInt8]] = [
            [8, 8, 8, 8], [172, 32, 0, 1], [100, 128, 0, 1], [11, 0, 0, 1], [140, 82, 121, 4],
            [0x26, 0x06, 0x47, 0x00] + [UInt8](repeating: 1, count: 12),
        ]
        for address in outside { #expect(PublicAddress.contains(address), "\(address)") }
    }

    @Test("Addresses of pages are read strictly")
    func pages() throws {
        let page = try #require(PageAddress("https://Code.example:8443/acme/key?x=1"))
        #expect(page.host == "code.example")
        #expect(page.port == 8443)
        #expect(page.target == "/acme/key?x=1")
        #expect(page.isSecure)
        #expect(PageAddress("http://127.0.0.1:9")?.target == "/")
        for text in [
            "ftp://code.example/", "https://user@code.example/", "https:///x", "https://code.example:0/",
            "https://code.example:70000/", "https://code.example/a b", "https://code.example/#a", "https://[::1]/", "",
            "https://code.example/\r\nX: y",
        ] {
            #expect(PageAddress(text) == nil, "\(text)")
        }
    }

    @Test("The parts of a TXT record are put together, however they are cut")
    func records() {
        #expect(UnboundLookup.text(of: [3, 0x61, 0x62, 0x63, 1, 0x64]) == "abcd")
        #expect(UnboundLookup.text(of: [9, 0x61]) == "a", "a length beyond the record")
        #expect(UnboundLookup.text(of: []).isEmpty)
    }
}
