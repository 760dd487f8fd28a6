import Dispatch
import Glibc
import PerceptLinearAlgebra
import Synchronization
import Testing

@Suite("ThreadTeam", .serialized)
struct ThreadTeamTests {
  private static let team = ThreadTeam(helpers: 3)

  @Test("each index of each job is called exactly once, also if helpers slept in between", arguments: [0, 200])
  func coverage(pause microseconds: UInt32) {
    let calls = (0..<40).map { _ in Counter() }
    for job in 0..<(microseconds == 0 ? 5000 : 200) {
      let count = 1 + job % calls.count
      #expect(Self.team.run(count) { calls[$0].value.add(1, ordering: .relaxed) })
      for index in 0..<calls.count {
        let found = calls[index].value.exchange(0, ordering: .relaxed)
        if found != (index < count ? 1 : 0) { Issue.record("job \(job), index \(index): \(found) calls") }
      }
      if microseconds > 0 { usleep(microseconds) }
    }
  }

  @Test("run returns after all calls have returned, also if one takes long")
  func completion() {
    let ended = Counter()
    #expect(
      Self.team.run(4) { index in
        if index == 0 { usleep(20_000) }
        ended.value.add(1, ordering: .relaxed)
      })
    #expect(ended.value.load(ordering: .relaxed) == 4)
  }

  @Test("a job within a job, and a team without helpers, are refused")
  func refusal() {
    let refused = Counter()
    #expect(Self.team.run(2) { _ in if !Self.team.run(2, { _ in }) { refused.value.add(1, ordering: .relaxed) } })
    #expect(refused.value.load(ordering: .relaxed) == 2)
    #expect(!ThreadTeam(helpers: 0).run(2) { _ in })
  }

  @Test("concurrently calls each index once within itself, and from several threads at a time")
  func nesting() {
    let calls = Counter()
    DispatchQueue.concurrentPerform(iterations: 4) { _ in
      concurrently(5) { _ in concurrently(7) { _ in calls.value.add(1, ordering: .relaxed) } }
    }
    #expect(calls.value.load(ordering: .relaxed) == 4 * 5 * 7)
  }

  private final class Counter: Sendable {
    let value = Atomic(0)
  }
}
