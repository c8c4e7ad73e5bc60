import Blobs
import RegistryModel

extension Problem {
    /// A fault of the disk while an upload was taken in, as its publisher may see it.
    init(_ fault: DiskFault) {
        switch fault.kind {
        case .full:
            self.init(
                .unavailable, "The registry has no room for this upload now. Nothing of it was kept; try again later.",
                diagnostic: fault.description)
        case .readOnly:
            self.init(
                .unavailable, "The registry cannot store uploads now. Nothing of it was kept; try again later.",
                diagnostic: fault.description)
        case .exhausted:
            self.init(.overloaded, "The registry is busy. Try again in a moment.", diagnostic: fault.description)
        case .other:
            self.init(.internalError, "The registry could not store the upload.", diagnostic: fault.description)
        }
    }

    /// A fault of the disk while something stored was opened, as a reader may see it.
    init(reading fault: DiskFault) {
        switch fault.kind {
        case .exhausted:
            self.init(.overloaded, "The registry is busy. Try again in a moment.", diagnostic: fault.description)
        case .full, .readOnly, .other:
            self.init(.internalError, "The registry could not read the file.", diagnostic: fault.description)
        }
    }
}
