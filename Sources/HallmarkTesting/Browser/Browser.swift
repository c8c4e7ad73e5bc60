package import Foundation
package import RegistryModel

/// A headless Chromium that a test drives as a person would: it fills in, clicks, reads, and looks.
package final class Browser: Sendable {
    /// Something on a page that can be clicked, filled in or read.
    package struct Element: Sendable {
        let id: String
    }

    /// Whether the machine has Chromium with its driver.
    package static let isAvailable = BrowserDriver.programs != nil
    /// The name under which WebDriver hands out elements.
    private static let elementKey = "element-6066-11e4-a52e-4f735466cecf"

    let driver: BrowserDriver
    let session: String

    private init(driver: BrowserDriver, session: String) {
        self.driver = driver
        self.session = session
    }

    /// Runs `body` with a fresh browser, without cookies or history.
    /// - Parameters:
    ///   - width: The window's width in CSS pixels.
    ///   - isDark: Whether pages are told that dark is preferred.
    ///   - body: What is done with it.
    /// - Returns: What `body` returns.
    /// - Throws: What `body` throws, and what chromedriver says.
    package static func with<Result: Sendable>(
        width: Int = 1280, isDark: Bool = false, _ body: (Browser) async throws -> Result
    ) async throws -> Result {
        let driver = try await BrowserDriver()
        do {
            let browser = try await start(driver)
            try await browser.look(width: width, isDark: isDark)
            let result = try await body(browser)
            await driver.stop()
            return result
        } catch {
            await driver.stop()
            throw error
        }
    }

    private static func start(_ driver: BrowserDriver) async throws -> Browser {
        let place = driver.folder.appending(path: "profile").path(percentEncoded: false)
        // Without its own sandbox: the tests may run as root, where Chromium has none to offer.
        let arguments = [
            "--headless=new", "--hide-scrollbars", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--no-first-run",
            "--disable-background-networking", "--disable-component-update", "--disable-extensions",
            "--ignore-certificate-errors", "--user-data-dir=\(place)", "--lang=en",
        ]
        let options: JSONValue = .object([
            .init("args", .array(arguments.map(JSONValue.string))),
            .init("binary", .string(BrowserDriver.programs?.browser ?? "")),
        ])
        let match: JSONValue = .object([
            .init("browserName", .string("chrome")), .init("acceptInsecureCerts", .bool(true)),
            .init("webauthn:virtualAuthenticators", .bool(true)), .init("goog:chromeOptions", options),
        ])
        let answer = try await driver.call(
            "POST", "/session", .object([.init("capabilities", .object([.init("alwaysMatch", match)]))]))
        guard let id = answer["sessionId"]?.stringValue else {
            throw BrowserDriver.Failure(command: "start", message: "no session")
        }
        return Browser(driver: driver, session: id)
    }

    @discardableResult
    func call(_ method: String, _ path: String, _ body: JSONValue? = nil) async throws -> JSONValue {
        try await driver.call(method, "/session/\(session)\(path)", body)
    }

    /// Sets the window's width and the preferred colours, as the developer's tools would.
    package func look(width: Int, isDark: Bool) async throws {
        try await developer(
            "Emulation.setDeviceMetricsOverride",
            .object([
                .init("width", .integer(Int64(width))), .init("height", .integer(900)),
                .init("deviceScaleFactor", .integer(1)), .init("mobile", .bool(false)),
            ]))
        let scheme: JSONValue = .object([
            .init("name", .string("prefers-color-scheme")), .init("value", .string(isDark ? "dark" : "light")),
        ])
        // Nothing moves, so that a picture shows the end of every change of colours.
        let motion: JSONValue = .object([
            .init("name", .string("prefers-reduced-motion")), .init("value", .string("reduce")),
        ])
        try await developer("Emulation.setEmulatedMedia", .object([.init("features", .array([scheme, motion]))]))
    }

    @discardableResult
    func developer(_ command: String, _ parameters: JSONValue = .object([])) async throws -> JSONValue {
        try await call(
            "POST", "/goog/cdp/execute", .object([.init("cmd", .string(command)), .init("params", parameters)]))
    }

    // MARK: Places

    /// Goes to an address and waits until it has loaded.
    package func open(_ url: String) async throws {
        try await call("POST", "/url", .object([.init("url", .string(url))]))
    }

    /// The address of the page.
    package func address() async throws -> String { try await call("GET", "/url").stringValue ?? "" }

    /// The path of the address, without its query.
    package func path() async throws -> String { URL(string: try await address())?.path() ?? "" }

    /// The page's title.
    package func title() async throws -> String { try await call("GET", "/title").stringValue ?? "" }

    /// The text of the page as it is shown.
    package func text() async throws -> String {
        try await run("return document.body.innerText").stringValue ?? ""
    }

    /// The names of the cookies.
    package func cookies() async throws -> [JSONValue] { try await call("GET", "/cookie").arrayValue ?? [] }

    /// Forgets every cookie, as another browser would know none.
    package func forgetCookies() async throws { try await call("DELETE", "/cookie") }

    // MARK: Acts

    /// The first element for a selector; waits for it.
    package func find(_ selector: String) async throws -> Element {
        let body: JSONValue = .object([.init("using", .string("css selector")), .init("value", .string(selector))])
        let end = ContinuousClock.now + hangLimit
        while true {
            do {
                let found = try await call("POST", "/element", body)
                if let id = found[Self.elementKey]?.stringValue { return Element(id: id) }
            } catch let failure as BrowserDriver.Failure where ContinuousClock.now < end {
                guard failure.message.contains("no such element") else { throw failure }
            } catch let failure as BrowserDriver.Failure {
                let page = (try? await text()) ?? ""
                throw BrowserDriver.Failure(
                    command: "find \(selector)",
                    message: "\(failure.message)\nat \((try? await address()) ?? "")\n\(page)")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
    }

    /// How many elements there are for a selector.
    package func count(_ selector: String) async throws -> Int {
        try await run("return document.querySelectorAll(arguments[0]).length", [.string(selector)]).integerValue
            .map(Int.init) ?? 0
    }

    /// Clicks, and waits for the page that follows where there is one.
    package func click(_ selector: String) async throws {
        let element = try await find(selector)
        try await call("POST", "/element/\(element.id)/click")
    }

    /// Replaces what stands in a field.
    package func fill(_ selector: String, _ text: String) async throws {
        let element = try await find(selector)
        try await call("POST", "/element/\(element.id)/clear")
        try await call("POST", "/element/\(element.id)/value", .object([.init("text", .string(text))]))
    }

    /// The shown text of an element.
    package func text(of selector: String) async throws -> String {
        let element = try await find(selector)
        return try await call("GET", "/element/\(element.id)/text").stringValue ?? ""
    }

    /// The value of an attribute.
    package func attribute(_ name: String, of selector: String) async throws -> String? {
        let element = try await find(selector)
        return try await call("GET", "/element/\(element.id)/attribute/\(name)").stringValue
    }

    /// Waits until the page's text holds some words.
    package func waitFor(_ words: String) async throws {
        let end = ContinuousClock.now + hangLimit
        var seen = ""
        while ContinuousClock.now < end {
            seen = (try? await text()) ?? ""
            if seen.contains(words) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BrowserDriver.Failure(
            command: "wait for “\(words)”", message: "at \((try? await address()) ?? "")\n\(seen)")
    }

    /// Waits until the page does not show the words any more.
    package func waitForNone(of words: String) async throws {
        let end = ContinuousClock.now + hangLimit
        while ContinuousClock.now < end {
            if let seen = try? await text(), !seen.contains(words) { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw BrowserDriver.Failure(command: "wait for no “\(words)”", message: try await text())
    }

    /// Runs a script in the page.
    @discardableResult
    package func run(_ script: String, _ arguments: [JSONValue] = []) async throws -> JSONValue {
        try await call(
            "POST", "/execute/sync",
            .object([.init("script", .string(script)), .init("args", .array(arguments))]))
    }

    /// Writes the whole page as an image.
    package func screenshot(to file: URL) async throws {
        let shot = try await developer(
            "Page.captureScreenshot",
            .object([.init("format", .string("png")), .init("captureBeyondViewport", .bool(true))]))
        guard let data = shot["data"]?.stringValue.flatMap({ Data(base64Encoded: $0) }) else { return }
        try data.write(to: file)
    }
}
