import PerceptImages
import PerceptInterpretation
import PerceptLinearAlgebra
import PerceptModels
import PerceptTestSupport
import Testing

@Suite("Attributions")
struct AttributionsTests {
  @Test(
    "with one layer, attributions and constant add up to z for every baseline", arguments: RandomNetwork.straight)
  func exact(network: RandomNetwork) throws {
    for seed in 1...20 as ClosedRange<UInt64> {
      let (classifier, mean) = (network.classifier(seed: seed), network.mean(seed: seed))
      for features in network.images(3, seed: seed) {
        let prediction = features.withUnsafeBufferPointer(classifier.predict)
        for label in classifier.classNames.indices {
          for baseline in [Attributions.Baseline.black, .mean(mean)] {
            let sums = try Attributions(classifier, features: features, for: label, from: baseline)
            let size = sums.map.reduce(abs(sums.constant)) { $0 + abs($1) }
            #expect(abs(sums.remainder) <= 1e-9 * size)
            #expect(abs(sums.positive + sums.negative + sums.constant - sums.logit) <= 1e-9 * size)
            let z = network.classes == 2 ? (label == 1 ? 1 : -1) * prediction.logits[0] : prediction.logits[label]
            #expect(sums.logit == z)
          }
        }
        let bias = classifier.network.layers[0].bias[network.classes == 2 ? 0 : 1]
        #expect(try Attributions(classifier, features: features, for: 1).constant == bias)
      }
    }
  }

  @Test("with hidden layers, attributions and constant add up to z within the tolerance", arguments: RandomNetwork.bent)
  func integrated(network: RandomNetwork) throws {
    for seed in 1...10 as ClosedRange<UInt64> {
      let (classifier, mean) = (network.classifier(seed: seed), network.mean(seed: seed))
      for features in network.images(2, seed: seed) {
        for baseline in [Attributions.Baseline.black, .mean(mean)] {
          let sums = try Attributions(classifier, features: features, for: 1, from: baseline)
          let allowed = PathGradient.tolerance * (1 + abs(sums.logit - sums.constant))
          // The tolerance applies to each step that contains a kink of a unit; the other steps have no error.
          #expect(abs(sums.remainder) <= allowed * Double(network.hidden.reduce(0, +)), "\(sums.remainder)")
          #expect(sums.points < PathGradient.mostPoints)
        }
      }
    }
  }

  @Test(
    "integrated gradients agree with numerically differentiated and averaged gradients", arguments: RandomNetwork.bent)
  func oracle(network: RandomNetwork) throws {
    let (classifier, start) = (network.classifier(seed: 3), network.mean(seed: 5))
    let features = network.images(1, seed: 8)[0]
    let sums = try Attributions(classifier, features: features, for: 1, from: .mean(start))
    func z(_ pixels: [Double]) -> Double {
      let logits = classifier.network.logits(fromFirst: classifier.network.firstPreactivations(of: pixels))
      return logits[network.classes == 2 ? 0 : 1]
    }
    let (steps, channels) = (4000, network.color.channelCount)
    for pixel in [0, 24, 48] {
      var expected = 0.0
      for step in 0..<steps {
        let t = (Double(step) + 0.5) / Double(steps)
        let place = zip(start, features).map { $0 + t * (Double($1) - $0) }
        for index in pixel * channels..<(pixel + 1) * channels {
          let slope = stencil(at: place[index]) { value in
            var changed = place
            changed[index] = value
            return z(changed)
          }
          expected += slope * (Double(features[index]) - start[index]) / Double(steps)
        }
      }
      let size = sums.map.reduce(0) { max($0, abs($1)) }
      #expect(abs(sums.map[pixel] - expected) <= 2e-3 * size, "\(sums.map[pixel]) \(expected)")
    }
  }

  @Test("gradient x input has a remainder with hidden layers, and none without")
  func gradient() throws {
    for (network, isExact) in [(RandomNetwork(), true), (RandomNetwork(hidden: [6], activation: .tanh), false)] {
      let classifier = network.classifier(seed: 2)
      let sums = try Attributions(classifier, features: network.images(1, seed: 1)[0], for: 1, by: .gradient)
      #expect(abs(sums.map.reduce(sums.constant, +) + sums.remainder - sums.logit) < 1e-12)
      #expect(isExact ? abs(sums.remainder) < 1e-12 : abs(sums.remainder) > 0.01, "\(sums.remainder)")
    }
  }

  @Test("regions form a 3 x 3 grid, are named by position, and add up to the sum over all pixels")
  func regions() throws {
    let network = RandomNetwork()
    let sums = try Attributions(network.classifier(seed: 1), features: network.images(1, seed: 1)[0], for: 1)
    #expect(sums.regions.count == 9 && sums.regions.map(\.name)[3...5] == ["left", "centre", "right"])
    let (regions, pixels) = (sums.regions.map(\.sum).reduce(0, +), sums.map.reduce(0, +))
    #expect(abs(regions - pixels) < 1e-12)
    // A position belongs to the region of its center, so a side of 7 is divided into 2, 3 and 2.
    for (region, rows, columns) in [(0, 0..<2, 0..<2), (4, 2..<5, 2..<5), (8, 5..<7, 5..<7)] {
      let part = rows.flatMap { row in columns.map { sums.map[row * 7 + $0] } }
      #expect(abs(sums.regions[region].positive - part.reduce(0) { $0 + max($1, 0) }) < 1e-12)
      #expect(abs(sums.regions[region].negative - part.reduce(0) { $0 + min($1, 0) }) < 1e-12)
    }
    let small = try Attributions(InterpretationTests.classifier(), features: [255, 0, 0, 0, 255, 0], for: 1).regions
    #expect(small.map(\.name) == ["left", "right"] && small.map(\.sum) == [0.5, 0])
  }
}
