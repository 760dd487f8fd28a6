#ifndef CPNG_H
#define CPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// What a PNG's header says, and the sample layout that `cpng_decode` gives for it.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// 8-bit samples per decoded pixel: 1 gray, 2 gray and alpha, 3 RGB, 4 RGBA. Alpha is straight, not premultiplied.
  int channel_count;
} cpng_header;

/// Reads the chunks before the pixels. Nothing of the picture's size is allocated.
///
/// On failure the reason, at most `error_size` bytes with its final zero, stands in `error`.
bool cpng_read_header(const uint8_t *bytes, size_t count, cpng_header *header, char *error, size_t error_size);

/// Decodes into `pixels`: exactly `height * width * channel_count` bytes as `header` from `cpng_read_header` says, row by
/// row, without padding. 16-bit samples keep their high byte; gAMA and cHRM are ignored.
bool cpng_decode(
  const uint8_t *bytes, size_t count, cpng_header header, uint8_t *pixels, char *error, size_t error_size);

/// Encodes 8-bit gray (1 channel) or RGB (3 channels). The result is the caller's, to be freed with `cpng_free`; NULL on
/// failure.
uint8_t *cpng_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int channel_count, size_t *encoded_count, char *error,
  size_t error_size);

/// Frees what `cpng_encode` returned.
void cpng_free(uint8_t *encoded);

#endif
