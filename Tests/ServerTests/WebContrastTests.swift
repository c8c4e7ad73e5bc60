import Foundation
import Testing
import WebUI

@Suite("Colours of pages")
struct WebContrastTests {
    /// Text and what it stands on; 4.5 to 1 is what WCAG 2.2 asks of text at level AA.
    static let text: [(String, String)] = [
        ("ink", "paper"), ("ink", "plate"), ("ink", "warn-plate"), ("ink", "stop-plate"), ("ink-2", "paper"),
        ("ink-2", "plate"), ("accent", "paper"), ("accent", "plate"), ("accent", "warn-plate"),
        ("accent", "stop-plate"), ("accent-2", "paper"), ("accent-2", "plate"), ("on-accent", "accent"),
        ("on-accent", "accent-2"), ("on-strike", "strike"), ("good", "paper"), ("warn", "paper"),
        ("warn", "warn-plate"), ("stop", "paper"), ("stop", "stop-plate"),
    ]
    /// The edges of what can be operated, and the ring around what has the focus; 3 to 1.
    static let edges: [(String, String)] = [("control", "paper"), ("control", "plate"), ("accent", "plate")]

    /// The colours of the light theme, and of the dark one.
    private static func themes() throws -> [[String: (Double, Double, Double)]] {
        let assets = StaticAssets()
        let asset = try #require(assets.asset(at: assets.address(of: "style.css")))
        let blocks = String(decoding: asset.body, as: UTF8.self).components(separatedBy: ":root {").dropFirst().prefix(
            2)
        return blocks.map { block in
            var colours: [String: (Double, Double, Double)] = [:]
            for declaration in block.prefix(while: { $0 != "}" }).split(separator: ";") {
                let parts = declaration.split(separator: ":").map { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
                guard parts.count == 2, parts[0].hasPrefix("--"), parts[1].hasPrefix("#") else { continue }
                var digits = String(parts[1].dropFirst())
                if digits.count == 3 { digits = digits.map { "\($0)\($0)" }.joined() }
                guard let value = Int(digits, radix: 16) else { continue }
                colours[String(parts[0].dropFirst(2))] = (
                    channel(value >> 16), channel(value >> 8 & 255), channel(value & 255)
                )
            }
            return colours
        }
    }

    /// [WCAG 2.2, relative luminance](https://www.w3.org/TR/WCAG22/#dfn-relative-luminance).
    private static func channel(_ value: Int) -> Double {
        let share = Double(value) / 255
        return share <= 0.04045 ? share / 12.92 : pow((share + 0.055) / 1.055, 2.4)
    }

    private static func contrast(_ left: (Double, Double, Double), _ right: (Double, Double, Double)) -> Double {
        let luminances = [left, right].map { 0.2126 * $0.0 + 0.7152 * $0.1 + 0.0722 * $0.2 }.sorted()
        return (luminances[1] + 0.05) / (luminances[0] + 0.05)
    }

    @Test("Text and edges stand out from what they stand on, in both themes")
    func contrast() throws {
        let themes = try Self.themes()
        #expect(themes.count == 2)
        for (theme, colours) in zip(["light", "dark"], themes) {
            for (pairs, least) in [(Self.text, 4.5), (Self.edges, 3)] {
                for (front, back) in pairs {
                    let ratio = Self.contrast(try #require(colours[front]), try #require(colours[back]))
                    #expect(ratio >= least, "\(theme): --\(front) on --\(back) is \(ratio) to 1")
                }
            }
        }
    }
}
