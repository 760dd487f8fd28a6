extension Image {
  /// The mean of each channel over all pixels, rounded.
  package var meanColor: [UInt8] {
    let (channels, count) = (color.channelCount, width * height)
    var sums = Array(repeating: 0, count: channels)
    for (index, sample) in pixels.enumerated() { sums[index % channels] += Int(sample) }
    return sums.map { UInt8(($0 + count / 2) / count) }
  }
}
