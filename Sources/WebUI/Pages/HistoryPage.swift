/// The last tab: everything that happened to the project.
package struct HistoryPage: PageContent {
    package static let template = "project-history"
    /// How many events a page shows.
    package static let size = 50

    package let frame: PageFrame
    let head: ProjectHead
    let name: String
    let events: [EventLine]
    let hasEvents: Bool
    let pager: Pager?

    /// Describes the page.
    /// - Parameters:
    ///   - subject: The project.
    ///   - events: One page of its events, newest first.
    ///   - isFirst: Whether no newer ones are left out.
    ///   - hasMore: Whether there are older ones.
    package init(_ subject: ProjectSubject, events: [EventLine], isFirst: Bool, hasMore: Bool) {
        head = ProjectHead(subject, summary: nil)
        frame = subject.frame("History of \(subject.name)")
        name = subject.name
        self.events = events
        hasEvents = !events.isEmpty
        let next = hasMore ? events.last.map { "\(subject.path(.history))?before=\($0.id)" } : nil
        let newest = isFirst ? nil : subject.path(.history)
        pager =
            next == nil && newest == nil
            ? nil
            : Pager(
                previous: newest, next: next, text: isFirst ? "Newest entries" : "Older entries",
                previousText: "Newest", nextText: "Older")
    }
}
