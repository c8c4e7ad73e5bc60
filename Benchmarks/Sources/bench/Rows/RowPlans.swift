/// All rows, in the order of the table.
enum RowPlans {
    static let all: [RowPlan] =
        hot + python + conditional + cold + compressed + downloads + connections + http2 + mixed + publishes

    private static let kinds: [(kind: PackageBatch.Kind, id: String, title: String)] = [
        (.wheel, "simple", "PyPI simple page, 2 KB"), (.crate, "sparse", "Cargo sparse-index file, 2 KB"),
        (.npm, "packument", "npm packument, 200 KB"), (.composer, "p2", "Composer p2 document, 20 KB"),
        (.swift, "swift", "Swift release list, 2 KB"), (.maven, "maven", "maven-metadata.xml, 2 KB"),
    ]

    private static let hot =
        kinds.map { kind, id, title in
            RowPlan(id: "\(id)-hot", title: "\(title), hot") { lab in
                try IndexRows(lab).hot(lab.hotDocument(kind), connections: lab.settings.connections)
            }
        } + [
            RowPlan(id: "pom-hot", title: "Maven POM, 2 KB, hot") { lab in
                try IndexRows(lab).hot(lab.pom(), connections: lab.settings.connections)
            }
        ]

    private static let python = [
        RowPlan(id: "simple-python", title: "PyPI simple page, 2 KB, hot") { try IndexRows($0).besidePython() }
    ]

    private static let conditional = kinds.map { kind, id, title in
        RowPlan(id: "\(id)-304", title: "\(title), If-None-Match: 304") { try IndexRows($0).conditional(kind) }
    }

    private static let cold = kinds.prefix(3).map { kind, id, title in
        RowPlan(id: "\(id)-cold", title: "\(title), cold") { try IndexRows($0).cold(kind) }
    }

    private static let compressed = kinds.filter { $0.kind != .crate }.map { kind, id, title in
        RowPlan(id: "\(id)-gzip", title: "\(title), gzip") { try IndexRows($0).compressed(kind) }
    }

    private static let downloads = [
        RowPlan(id: "download-20k", title: "download, 20 KB") {
            try LoadRows($0).download(.wheel, "bench-small-file", bytes: 20_000, connections: $0.settings.connections)
        },
        RowPlan(id: "download-jar", title: "download of a jar, 20 KB") {
            try LoadRows($0).download(.maven, "bench-small-jar", bytes: 20_000, connections: $0.settings.connections)
        },
        RowPlan(id: "download-20m", title: "download, 20 MB") {
            try LoadRows($0).download(.wheel, "bench-large-file", bytes: 20_000_000, connections: 4)
        },
    ]

    private static let connections = [
        RowPlan(id: "simple-1000", title: "PyPI simple page, 2 KB, hot, 1,000 connections") {
            try IndexRows($0).crowd(.wheel, connections: 1000)
        }
    ]

    private static let http2 = [
        RowPlan(id: "simple-h2", title: "PyPI simple page, 2 KB, hot, HTTP/2 over TLS") {
            try LoadRows($0).http2(.wheel)
        },
        RowPlan(id: "packument-h2", title: "npm packument, 200 KB, hot, HTTP/2 over TLS") {
            try LoadRows($0).http2(.npm)
        },
    ]

    private static let mixed = [
        RowPlan(id: "simple-mixed", title: "PyPI simple page, 2 KB, while 1 % of the requests publish") {
            try LoadRows($0).mixed()
        }
    ]

    private static let publishes = [
        RowPlan(id: "publish-1", title: "publish a wheel, one at a time") { try LoadRows($0).publish(connections: 1) },
        RowPlan(id: "publish-8", title: "publish a wheel, 8 at a time") { try LoadRows($0).publish(connections: 8) },
    ]
}
