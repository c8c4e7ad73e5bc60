import Formats
import HallmarkTesting
import RegistryModel
import Testing

@Suite("Project descriptions")
struct POMTests {
    private func parse(_ content: String) throws(POMFault) -> POM {
        try POM.parse(Array("<project><modelVersion>4.0.0</modelVersion>\(content)</project>".utf8))
    }

    private func fault(_ content: String) -> POMFault? {
        do throws(POMFault) {
            _ = try parse(content)
            return nil
        } catch {
            return error
        }
    }

    private static let coordinates = "<groupId>g</groupId><artifactId>a</artifactId><version>1</version>"

    @Test("Everything a repository needs is read")
    func whole() throws {
        let pom = try POM.parse(
            Array(
                """
                <?xml version="1.0" encoding="UTF-8"?>
                <project xmlns="http://maven.apache.org/POM/4.0.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"
                    xsi:schemaLocation="http://maven.apache.org/POM/4.0.0 http://maven.apache.org/xsd/maven-4.0.0.xsd">
                  <modelVersion>4.0.0</modelVersion>
                  <parent><groupId>org.example</groupId><artifactId>parent</artifactId><version>7</version>
                    <relativePath/></parent>
                  <artifactId> lantern </artifactId>
                  <packaging>maven-plugin</packaging>
                  <name>Lantern</name><description>Light
                    at last</description><url>https://example.org/${project.artifactId}</url>
                  <organization><name>Example</name></organization>
                  <licenses><license><name>MIT</name><url>https://example.org/mit</url></license><license/></licenses>
                  <developers><developer><id>ada</id><email>ada@example.org</email></developer></developers>
                  <contributors><contributor><name>Bob</name></contributor></contributors>
                  <scm><connection>scm:git:https://example.org/l.git</connection><url>https://example.org/l</url>
                    <tag>v7</tag></scm>
                  <properties><x.version>1.${minor}</x.version><minor>5</minor><empty/></properties>
                  <modules><module>core</module><module/></modules>
                  <dependencies>
                    <dependency><groupId>org.x</groupId><artifactId>x</artifactId><version>${x.version}</version>
                      <scope>test</scope><optional>true</optional><classifier>tests</classifier><type>test-jar</type>
                      <exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>
                    </dependency>
                    <dependency><groupId>org.y</groupId><artifactId>y</artifactId></dependency>
                  </dependencies>
                  <dependencyManagement><dependencies><dependency><groupId>org.y</groupId><artifactId>y</artifactId>
                    <version>2</version><type>pom</type><scope>import</scope></dependency></dependencies>
                  </dependencyManagement>
                  <distributionManagement><relocation><artifactId>lamp</artifactId><message>moved</message></relocation>
                  </distributionManagement>
                  <build><plugins><plugin><artifactId>p</artifactId></plugin><plugin><artifactId>q</artifactId></plugin>
                  </plugins></build>
                </project>
                """.utf8))
        #expect([pom.groupID, pom.artifactID, pom.version] == ["org.example", "lantern", "7"])
        #expect(
            pom.parent?.groupID == "org.example" && pom.parent?.artifactID == "parent" && pom.parent?.version == "7")
        #expect(pom.packaging == "maven-plugin")
        #expect(pom.organization == "Example")
        #expect(pom.resolve(pom.url ?? "") == "https://example.org/lantern")
        #expect(pom.licenses.map(\.name) == ["MIT", nil])
        #expect(pom.developers.map(\.id) == ["ada"] && pom.contributors.map(\.name) == ["Bob"])
        #expect(pom.sourceControl?.tag == "v7" && pom.sourceControl?.developerConnection == nil)
        #expect(pom.modules == ["core"])
        #expect(pom.relocation?.artifactID == "lamp" && pom.relocation?.message == "moved")
        let dependency = try #require(pom.dependencies.first)
        #expect(pom.resolve(dependency.version ?? "") == "1.5")
        #expect(dependency.scope == "test" && dependency.isOptional && dependency.type == "test-jar")
        #expect(dependency.classifier == "tests" && dependency.exclusions.map(\.groupID) == ["*"])
        #expect(pom.dependencies[1].version == nil && pom.dependencies[1].type == "jar")
        #expect(pom.managedDependencies.map(\.scope) == ["import"])
        #expect(pom.properties["empty"] == "")
    }

    @Test("What is not acceptable is named")
    func faults() {
        #expect(fault(Self.coordinates) == nil)
        #expect(fault("<artifactId>a</artifactId><version>1</version>") == .missing(element: "groupId"))
        #expect(fault("<groupId>g</groupId><version>1</version>") == .missing(element: "artifactId"))
        #expect(fault("<groupId>g</groupId><artifactId>a</artifactId>") == .missing(element: "version"))
        #expect(fault(Self.coordinates + "<version>2</version>") == .duplicate(element: "version"))
        #expect(fault(Self.coordinates + "<parent><groupId>g</groupId></parent>") == .missing(element: "artifactId"))
        #expect(fault(Self.coordinates + "<dependencies/><dependencies/>") == .duplicate(element: "dependencies"))
        let twice = "<dependency><groupId>g</groupId><artifactId>a</artifactId><version>1</version><version>2</version>"
        #expect(
            fault(Self.coordinates + "<dependencies>\(twice)</dependency></dependencies>")
                == .duplicate(element: "version"))
        let many = String(repeating: "<module>m</module>", count: POM.maximumEntries + 1)
        #expect(
            fault(Self.coordinates + "<modules>\(many)</modules>")
                == .tooMany(element: "modules", limit: POM.maximumEntries))
        #expect(fault("<p:groupId xmlns:p='x'>g</p:groupId>") == .missing(element: "groupId"))
    }

    @Test("Other documents are no descriptions")
    func roots() {
        func fault(_ text: String) -> POMFault? {
            do throws(POMFault) {
                _ = try POM.parse(Array(text.utf8))
                return nil
            } catch {
                return error
            }
        }
        #expect(fault("<metadata/>") == .notAProject(root: "metadata"))
        #expect(fault("<project/>") == .modelVersion(nil))
        #expect(fault("<project><modelVersion>4.1.0</modelVersion></project>") == .modelVersion("4.1.0"))
        #expect(fault("<!DOCTYPE project><project/>") == .xml(.doctype(line: 1)))
        #expect(fault("x") != nil)
        let large = String(repeating: " ", count: POM.maximumBytes + 1)
        #expect(fault(large) == .xml(.tooLarge(limit: POM.maximumBytes)))
    }

    @Test("Every fault is explained in one line")
    func words() {
        let faults: [POMFault] = [
            .xml(.doctype(line: 3)), .xml(.syntax(line: 1, reason: "x")), .notAProject(root: "a"), .modelVersion(nil),
            .duplicate(element: "version"), .missing(element: "groupId"), .invalid(element: "a", value: "b\nc"),
            .tooMany(element: "modules", limit: 1), .xml(.tooDeep(limit: 1, line: 2)), .xml(.encoding(line: 1)),
            .xml(.unknownEntity(line: 1)), .xml(.tooManyElements(limit: 2)), .xml(.tooLarge(limit: 1)),
            .xml(.tooManyAttributes(limit: 1, line: 1)), .modelVersion("5"),
        ]
        for fault in faults {
            let problem = Problem(fault, in: "a-1.pom")
            #expect(problem.code == .metadataInvalid)
            #expect(problem.detail.hasPrefix("a-1.pom cannot be accepted: ") && !problem.detail.contains("\n"))
        }
    }

    @Test("Expressions are replaced where this file has their value")
    func expressions() throws {
        let pom = try parse(
            Self.coordinates
                + """
                <properties><one>1</one><two>${one}2</two><loop>${loop}</loop><a>${b}</a><b>${a}</b><version>9</version>
                <project.version>8</project.version></properties>
                """)
        #expect(pom.resolve("x") == "x")
        #expect(pom.resolve("${two}.${one}") == "12.1")
        #expect(pom.resolve("${project.version}-${pom.groupId}-${version}-${artifactId}") == "1-g-9-a")
        #expect(pom.resolve("${unknown} ${env.HOME} ${") == "${unknown} ${env.HOME} ${")
        #expect(pom.resolve("${loop}") == "${loop}")
        #expect(pom.resolve("${a}") == "${a}")
        #expect(pom.resolve("${project.parent.version}") == "${project.parent.version}")
    }

    @Test("Properties that multiply one another end")
    func multiplication() throws {
        var properties = "<p0>xxxxxxxxxx</p0>"
        for index in 1...30 {
            properties += "<p\(index)>" + String(repeating: "${p\(index - 1)}", count: 10) + "</p\(index)>"
        }
        let pom = try parse(Self.coordinates + "<properties>\(properties)</properties>")
        #expect(pom.resolve("${p1}").utf8.count == 100)
        #expect(pom.resolve("${p30}") == "${p30}")
    }

    @Test("Every changed byte is taken or explained")
    func mutations() {
        let text = Array(
            "<project><modelVersion>4.0.0</modelVersion>\(Self.coordinates)<scm><url>u</url></scm></project>".utf8)
        var random = SeededGenerator(seed: 79)
        for _ in 0..<3_000 {
            var bytes = text
            for _ in 0...Int.random(in: 0...2, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            do throws(POMFault) {
                _ = try POM.parse(bytes)
            } catch {
                #expect(!error.reason.isEmpty)
            }
        }
    }
}
