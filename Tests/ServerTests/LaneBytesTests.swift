import Testing

@testable import HTTPSupport

@Suite("The characters of the lane's grammar")
struct LaneBytesTests {
    private static let alphanumeric = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

    @Test("Each set has its characters and no other")
    func sets() {
        let sets: [(LaneBytes.ASCII, String)] = [
            (LaneBytes.token, "!#$%&'*+-.^_`|~"), (LaneBytes.target, "/?:@-._~%!$&'()*+,;=[]"),
            (LaneBytes.host, "-._~%!$&'()*+,;=:[]"),
        ]
        for (set, others) in sets {
            let expected = Set((Self.alphanumeric + others).utf8)
            #expect(Set((UInt8.min...UInt8.max).filter(set.contains)) == expected, "\(others)")
        }
        let lower = Set((UInt8.min...UInt8.max).filter(LaneBytes.isLowerToken))
        #expect(lower == Set((UInt8.min...UInt8.max).filter(LaneBytes.isToken)).filter { !(0x41...0x5A).contains($0) })
    }
}
