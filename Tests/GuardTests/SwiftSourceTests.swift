import Testing

/// The guards are only as good as the scanner below them.
@Suite("The scanner of the guards")
struct SwiftSourceTests {
    static let sample = SwiftSource(
        path: "Sources/Sample/Sample.swift",
        text: ##"""
            package import Foundation
            @testable import struct Other.Thing

            /// A comment with "quotes" and { braces.
            package struct Sample<Value: Equatable>: Hashable, @unchecked Sendable where Value: Sendable {
                let first = "one \(call("inner { brace")) two"
                let raw = #"SELECT "x" \(no)"#
                let block = """
                    TEXT } with a brace
                    """
                let expression = /[{"]+/

                func short(_ body: () -> Void = {}) async throws -> [Int] {
                    values.map { $0 + 1 }
                }

                @discardableResult
                package init?(a: Int) {
                    if a > 0 { return nil } /* } */
                }
            }

            extension Sample: CustomStringConvertible {
                package var description: String { "" }
            }

            package protocol Promise {
                func keep() async
            }
            """##)

    @Test("It finds imports with their access level and kind")
    func imports() {
        #expect(Self.sample.imports == ["Foundation", "Other"])
    }

    @Test("It reads literals and leaves interpolations out")
    func literals() {
        let texts = Self.sample.literals.map(\.text)
        #expect(texts.contains("one  two"))
        #expect(texts.contains("inner { brace"))
        #expect(texts.contains(#"SELECT "x" \(no)"#))
        #expect(texts.contains { $0.contains("TEXT } with a brace") })
    }

    @Test("It finds declarations, their extent and what they conform to")
    func declarations() throws {
        let all = Self.sample.declarations
        let type = try #require(all.first { $0.name == "Sample" && $0.kind == "struct" })
        #expect(type.inherited == ["Hashable", "Sendable"])
        #expect(type.line == 5 && type.lastLine == 21)
        let function = try #require(all.first { $0.name == "short" })
        #expect(function.lastLine - function.line == 2)
        #expect(function.enclosing == ["Sample"])
        let initializer = try #require(all.first { $0.kind == "init" })
        #expect(initializer.firstLine == 17 && initializer.line == 18 && initializer.isShared)
        #expect(all.first { $0.name == "description" }?.enclosing == ["Sample"])
        #expect(all.first { $0.name == "keep" }?.isRequirement == true)
    }
}
