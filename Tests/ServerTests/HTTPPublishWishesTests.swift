import HTTPSupport
import HTTPTypes
import Testing

@Suite("Publish wishes")
struct HTTPPublishWishesTests {
    @Test("Only a clear no is a no", arguments: ["true", "TRUE", "1", "yes", "ture"])
    func wished(value: String) {
        let wishes = PublishWishes([.hallmarkStage: value, .hallmarkDryRun: value])
        #expect(wishes.staging != nil && wishes.isDryRun)
    }

    @Test("A no, or no word at all", arguments: ["", "false", "False", "no", "0"])
    func notWished(value: String) {
        #expect(PublishWishes([.hallmarkStage: value, .hallmarkDryRun: value]) == PublishWishes())
        #expect(PublishWishes([:]) == PublishWishes())
    }
}
