import RegistryModel
import Versioning

extension EcosystemPresentation {
    /// Maven artifacts, with Maven and Gradle.
    package static let maven = EcosystemPresentation(
        id: Maven.ecosystem, displayName: "Maven", versions: MavenScheme(), clients: ["Maven", "Gradle"],
        path: "/maven/releases/",
        fileKinds: [
            "pom": "POM", "jar": "Jar", "sources": "Sources", "javadoc": "Javadoc", "signature": "Signature",
            "module": "Gradle metadata", "war": "Web archive", "ear": "Enterprise archive",
        ],
        readmeAdvice: "give the POM a <description>; artifacts have no readme.",
        installLines: { project, version, publicURL in
            let wanted = shell("-Dartifact=\(project):\(version ?? "LATEST")")
            return [
                InstallLine(
                    "mvn",
                    "mvn dependency:get -DremoteRepositories=hallmark::default::\(publicURL)/maven/releases \(wanted)")
            ]
        },
        filePath: { project, version, file in
            guard let coordinates = MavenCoordinates(name: project, version: version) else {
                return "/maven/releases/\(pathSegment(project))/\(pathSegment(file))"
            }
            let repository: MavenRepository = coordinates.isSnapshot ? .snapshots : .releases
            let directory = coordinates.directory.split(separator: "/").map { pathSegment(String($0)) }
            return "/maven/\(repository)/\(directory.joined(separator: "/"))/\(pathSegment(file))"
        },
        guides: { publicURL in [use(publicURL), gradle(publicURL), publish(publicURL), portal(publicURL)] })

    private static func use(_ publicURL: String) -> Guide {
        Guide(
            "Use artifacts with Maven",
            [
                Step(
                    "Name the repositories in the project:", file: "pom.xml",
                    """
                    <repositories>
                      <repository><id>hallmark</id><url>\(publicURL)/maven/releases</url>
                        <snapshots><enabled>false</enabled></snapshots></repository>
                      <repository><id>hallmark-snapshots</id><url>\(publicURL)/maven/snapshots</url>
                        <releases><enabled>false</enabled></releases></repository>
                    </repositories>
                    """),
                Step("Build:", "mvn compile"),
            ])
    }

    private static func gradle(_ publicURL: String) -> Guide {
        Guide(
            "Use artifacts with Gradle",
            [
                Step(
                    "Name the repository in the build:", file: "build.gradle",
                    """
                    repositories {
                        maven { url '\(publicURL)/maven/releases' }
                    }
                    """)
            ])
    }

    private static func publish(_ publicURL: String) -> Guide {
        Guide(
            "Publish artifacts with Maven",
            [
                Step(
                    "Store a token as the password of the repository's id:", file: "~/.m2/settings.xml",
                    """
                    <settings><servers><server>
                      <id>hallmark</id><username>__token__</username><password>TOKEN</password>
                    </server></servers></settings>
                    """),
                Step(
                    "Say in the project where it is deployed:", file: "pom.xml",
                    """
                    <distributionManagement>
                      <repository><id>hallmark</id><url>\(publicURL)/maven/releases</url></repository>
                      <snapshotRepository><id>hallmark</id><url>\(publicURL)/maven/snapshots</url></snapshotRepository>
                    </distributionManagement>
                    """),
                Step("Publish:", "mvn deploy"),
            ])
    }

    private static func portal(_ publicURL: String) -> Guide {
        Guide(
            "Publish a bundle",
            [
                Step(
                    "Send a zip of the repository's layout, with signatures and checksums; it is checked, and published "
                        + "when it is good:",
                    """
                    curl --fail -H "Authorization: Bearer $(printf '__token__:TOKEN' | base64 -w 0)" \\
                      -F 'bundle=@bundle.zip;type=application/octet-stream' \\
                      '\(publicURL)/maven/api/v1/publisher/upload?name=NAME&publishingType=AUTOMATIC'
                    """)
            ])
    }
}
