import Blobs
import HTTPSupport
import Persistence
import Publishing

extension Instance {
    /// Whether the database and the disk can be used.
    func isReady() async -> Bool {
        do {
            // Any row will do, also none: what counts is that the database answers.
            _ = try await driver.read { try SettingStore($0).find("readiness") }
            return core.spool.isWritable
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
