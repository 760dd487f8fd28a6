#ifndef CPERCEPTTESTJPEG_H
#define CPERCEPTTESTJPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// A kind of JPEG file.
typedef struct {
  /// The horizontal and the vertical sampling factor of each component, alternating.
  int sampling[8];
  int quality;
  bool is_progressive;
  /// Whether a sequential file has one scan for each component.
  bool has_separate_scans;
  bool is_arithmetic;
} test_jpeg_kind;

/// Encodes 8-bit gray (1 channel), RGB (3) or CMYK (4). Exits the process on failure. The caller must free the result.
uint8_t *test_jpeg_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int channel_count, const test_jpeg_kind *kind, size_t *count);

#endif
