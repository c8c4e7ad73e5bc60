import Foundation
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Base64 for addresses")
struct Base64URLTests {
    @Test("What is written is read again, and as Foundation writes it", arguments: 0..<70)
    func roundTrip(count: Int) {
        let bytes = SystemRandomSource().bytes(count)
        let text = Base64URL.encode(bytes)
        let reference = Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
        #expect(text == reference.replacing("=", with: ""))
        #expect(Base64URL.decode(text) == bytes)
    }

    @Test(
        "Other spellings are refused",
        arguments: ["A", "AAAAA", "AB", "AAB", "AA==", "AA A", "A+A", "A/A", "AAé", "AA\n", "=", "AAA\u{0}"])
    func strict(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
