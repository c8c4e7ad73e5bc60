/// A dictionary that forgets what was used least recently once the sum of costs exceeds its bound.
///
/// All operations take constant time: entries sit in slots of an array that are linked to a list in order of use.
package struct BoundedLRU<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private struct Slot {
        var key: Key
        var value: Value
        var cost: Int
        var newer: Int
        var older: Int
    }

    private static var none: Int { -1 }

    /// The bound.
    package let capacity: Int
    /// The sum of the costs of all entries.
    package private(set) var cost = 0
    /// How many entries were forgotten for want of room.
    package private(set) var evictions = 0
    private var slots: [Slot?] = []
    private var free: [Int] = []
    private var index: [Key: Int] = [:]
    private var newest = Self.none
    private var oldest = Self.none

    /// Makes an empty dictionary with that bound.
    package init(capacity: Int) {
        self.capacity = capacity
    }

    /// How many entries there are.
    package var count: Int { index.count }

    /// The value of a key, which becomes the most recently used.
    package mutating func value(for key: Key) -> Value? {
        guard let position = index[key], let value = slots[position]?.value else { return nil }
        unlink(position)
        linkAsNewest(position)
        return value
    }

    /// Whether a key has a value; its place among the others stays.
    package func contains(_ key: Key) -> Bool { index[key] != nil }

    /// Sets a key's value.
    ///
    /// What costs more than everything that may be kept is not kept.
    package mutating func set(_ value: Value, for key: Key, cost: Int) {
        remove(key)
        guard cost <= capacity else { return }
        let slot = Slot(key: key, value: value, cost: cost, newer: Self.none, older: Self.none)
        let position: Int
        if let reused = free.popLast() {
            position = reused
            slots[position] = slot
        } else {
            position = slots.count
            slots.append(slot)
        }
        index[key] = position
        self.cost += cost
        linkAsNewest(position)
        while self.cost > capacity, oldest != Self.none, let victim = slots[oldest]?.key {
            remove(victim)
            evictions += 1
        }
    }

    /// Forgets a key.
    package mutating func remove(_ key: Key) {
        guard let position = index.removeValue(forKey: key) else { return }
        unlink(position)
        cost -= slots[position]?.cost ?? 0
        slots[position] = nil
        free.append(position)
    }

    /// Forgets everything.
    package mutating func removeAll() {
        let evictions = evictions
        self = BoundedLRU(capacity: capacity)
        self.evictions = evictions
    }

    private mutating func unlink(_ position: Int) {
        guard let slot = slots[position] else { return }
        if slot.newer != Self.none { slots[slot.newer]?.older = slot.older } else { newest = slot.older }
        if slot.older != Self.none { slots[slot.older]?.newer = slot.newer } else { oldest = slot.newer }
    }

    private mutating func linkAsNewest(_ position: Int) {
        slots[position]?.newer = Self.none
        slots[position]?.older = newest
        if newest != Self.none { slots[newest]?.newer = position }
        newest = position
        if oldest == Self.none { oldest = position }
    }
}
