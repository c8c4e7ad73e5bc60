import Testing

@testable import bench

@Suite("Rows and requests")
struct PlanTests {
    @Test("Every row has a name of its own, and every ecosystem its rows")
    func rows() {
        let ids = RowPlans.all.map(\.id)
        #expect(Set(ids).count == ids.count)
        for name in ["simple", "sparse", "packument", "p2", "swift", "maven"] {
            #expect(ids.contains("\(name)-hot") && ids.contains("\(name)-304"), "\(name)")
        }
        for name in ["simple", "packument", "p2", "swift", "maven"] { #expect(ids.contains("\(name)-gzip")) }
        #expect(ids.contains("pom-hot") && ids.contains("download-jar"))
    }

    @Test("Documents, files and uploads are where the ecosystems' clients look", arguments: PackageBatch.Kind.allCases)
    func addresses(kind: PackageBatch.Kind) {
        let expected: [PackageBatch.Kind: (document: String, upload: String)] = [
            .wheel: ("/pypi/simple/lamp-x/", "POST /pypi/legacy/"),
            .crate: ("/cargo/la/mp/lamp-x", "PUT /cargo/api/v1/crates/new"),
            .npm: ("/npm/lamp-x", "PUT /npm/lamp-x"),
            .composer: ("/composer/p2/bench/lamp-x.json", "PUT /composer"),
            .swift: ("/swift/bench/lamp-x", "PUT /swift/bench/lamp-x/1.2.0"),
            .maven: (
                "/maven/releases/org/example/bench/lamp-x/maven-metadata.xml",
                "POST /maven/api/v1/publisher/upload?name=bench&publishingType=AUTOMATIC"
            ),
        ]
        let upload = Hallmark.upload(kind, "lamp-x", version: "1.2.0")
        #expect(Hallmark.path(kind, "lamp-x") == expected[kind]?.document)
        #expect("\(upload.method) \(upload.path)" == expected[kind]?.upload)
        #expect(Hallmark.headers(kind)["Accept"] != nil && Lab.sizes[kind] != nil)
    }

    @Test("A jar and its POM lie beside each other")
    func maven() {
        let folder = "/maven/releases/org/example/bench/lamp/1.0.0"
        #expect(Hallmark.filePath(.maven, "lamp", version: "1.0.0") == "\(folder)/lamp-1.0.0.jar")
        #expect(Hallmark.pomPath("lamp", version: "1.0.0") == "\(folder)/lamp-1.0.0.pom")
        #expect(Hallmark.filePath(.wheel, "lamp", version: "1.0.0", file: "l.whl") == "/pypi/files/lamp/1.0.0/l.whl")
    }
}
