import PerceptModels
import Testing

@Suite("Training configuration: text forms")
struct ConfigurationTextTests {
  /// Checks that a value's text is the given one, and that `init?(_:)` reads it back.
  func expect<Value: TextCodable & Equatable>(_ value: Value, _ text: String) {
    #expect(value.description == text)
    #expect(Value(text) == value, "\(text)")
  }

  @Test("learning rates")
  func learningRate() {
    expect(LearningRate.automatic, "auto")
    expect(LearningRate.fixed(0.005), "0.005")
    expect(LearningRate.fixed(1), "1.0")
    for rate in [0.1 + 0.2, 1.0 / 3, .leastNonzeroMagnitude, .greatestFiniteMagnitude, 1e-5] {
      expect(LearningRate.fixed(rate), "\(rate)")
    }
    #expect(LearningRate("2") == 2 && LearningRate("1e-3") == 0.001)
    for text in ["", "automatic", "0", "-1", "inf", "nan", "0.1x", " 0.1"] { #expect(LearningRate(text) == nil) }
  }

  @Test("schedules")
  func schedule() {
    expect(Schedule.constant, "constant")
    expect(Schedule.cosine, "cosine")
    expect(Schedule.step(every: 0.25, factor: 0.1), "step:0.25:0.1")
    for (every, factor) in [(1, 2), (1.0 / 3, 0.1), (1e-7, 1e-7), (0.1 + 0.2, 1e300)] as [(Double, Double)] {
      expect(Schedule.step(every: every, factor: factor), "step:\(every):\(factor)")
    }
    #expect(Schedule("step") == .step(every: 1.0 / 3, factor: 0.1))
    for text in [
      "", "linear", "constant:1", "cosine:1", "step:", "step:0.5", "step:0:0.1", "step:1.5:0.1", "step:0.5:0",
      "step:0.5:inf", "step:a:b", "step:0.5:0.1:1", "step 0.25 x 0.1",
    ] {
      #expect(Schedule(text) == nil, "\(text)")
    }
  }

  @Test("class weights")
  func classWeights() {
    expect(ClassWeights.equal, "equal")
    expect(ClassWeights.balanced, "balanced")
    expect(ClassWeights.given([1, 2.5]), "1.0,2.5")
    expect(ClassWeights.given([0.1 + 0.2, 1.0 / 3, 1e300]), "\(0.1 + 0.2),\(1.0 / 3),1e+300")
    #expect(ClassWeights("1,2.5") == .given([1, 2.5]))
    for text in ["", "uniform", "1,", ",1", "1,0", "1,-2", "1,inf", "1,nan", "1;2", "1, 2"] {
      #expect(ClassWeights(text) == nil, "\(text)")
    }
  }

  @Test("augmentations, in all combinations")
  func augmentation() {
    expect(Augmentation.none, "none")
    expect(
      Augmentation(mirror: true, shift: 0.1, rotation: 10, brightness: 0.2),
      "mirror,shift:0.1,rotate:10,brightness:0.2")
    for mirror in [false, true] {
      for shift in [0, 0.1, 0.1 + 0.2, 0.5] {
        for rotation in [0, 1e-5, 7.5, 10, 180] {
          for brightness in [0, 0.2, 0.999] {
            let items: [String?] = [
              mirror ? "mirror" : nil, shift == 0 ? nil : "shift:\(shift)",
              rotation == 0 ? nil : "rotate:\(rotation < 10 ? "\(rotation)" : "\(Int(rotation))")",
              brightness == 0 ? nil : "brightness:\(brightness)",
            ]
            let text = items.compactMap(\.self).joined(separator: ",")
            expect(
              Augmentation(mirror: mirror, shift: shift, rotation: rotation, brightness: brightness),
              text.isEmpty ? "none" : text)
          }
        }
      }
    }
  }

  @Test("augmentations without amounts have the default amounts; other texts are refused")
  func augmentationTexts() {
    #expect(
      Augmentation("brightness,rotate, shift,mirror")
        == Augmentation(mirror: true, shift: 0.1, rotation: 10, brightness: 0.2))
    #expect(Augmentation("mirror,rotate:25") == Augmentation(mirror: true, rotation: 25))
    for text in [
      "", ",", "mirror,", "flip", "mirror:1", "none,mirror", "mirror,mirror", "shift:0.1,shift:0.2", "shift:0",
      "shift:-0.1", "shift:0.6", "shift:", "shift:x", "rotate:181", "rotate:nan", "rotate:inf", "brightness:1",
      "mirror, shift 0.1",
    ] {
      #expect(Augmentation(text) == nil, "\(text)")
    }
  }
}
