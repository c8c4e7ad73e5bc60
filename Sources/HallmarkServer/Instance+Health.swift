import Blobs
import HTTPSupport
import Persistence
import Publishing

extension Instance {
    /// Whether the database and the disk can be used.
    func isReady() async -> Bool {
        do {
            if writes.canWrite {
                // Any row will do, also none: what counts is that the database answers.
                _ = try await driver.read { try SettingStore($0).find("readiness") }
            } else {
                // Somebody must try, and this may be the only request that a load balancer still sends.
                try await core.driver.write { try SettingStore($0).touch("readiness") }
            }
            return await core.spool.takesFiles()
        } catch {
            return false
        }
    }

    /// Adds the instance's own numbers to the metrics.
    func register(_ metrics: Metrics, storage: StorageMetrics) {
        ProcessMetrics.register(metrics)
        storage.register(
            metrics,
            folders: [
                (name: "data", path: configuration.data.path), (name: "blobs", path: configuration.blobsDirectory),
            ])
        metrics.counter(
            "hallmark_blob_damaged_total", help: "Blobs found damaged or missing when they were read."
        ) { [blobs] in
            Double(blobs.damagedBlobs)
        }
        for pool in pools {
            metrics.gauge(
                "hallmark_pool_\(pool.name)_load", help: "Work that waits or runs on the \(pool.name) threads."
            ) {
                Double(pool.load)
            }
        }
    }
}
