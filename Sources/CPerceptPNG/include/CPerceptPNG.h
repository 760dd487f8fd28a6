#ifndef CPERCEPTPNG_H
#define CPERCEPTPNG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The size of a PNG image, and the sample layout that `cpng_decode` returns for it.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// The number of 8-bit samples per decoded pixel: 1 (gray), 2 (gray and alpha), 3 (RGB) or 4 (RGBA). Alpha is straight,
  /// not premultiplied.
  int channel_count;
} cpng_header;

/// Reads the chunks before the pixels. The amount of memory that it allocates does not depend on the image size.
///
/// Returns false on failure, and writes the reason to `error` (at most `error_size` bytes, including the final zero).
bool cpng_read_header(const uint8_t *bytes, size_t count, cpng_header *header, char *error, size_t error_size);

/// Decodes into `pixels`: exactly `height * width * channel_count` bytes in row-major order, without padding. `header` is the
/// result of `cpng_read_header`. 16-bit samples are reduced to their high byte; gAMA and cHRM are ignored.
///
/// Returns false on failure, and writes the reason to `error` (at most `error_size` bytes, including the final zero).
bool cpng_decode(
  const uint8_t *bytes, size_t count, cpng_header header, uint8_t *pixels, char *error, size_t error_size);

/// Encodes 8-bit gray (1 channel) or RGB (3 channels). The caller must free the result with `cpng_free`.
///
/// Returns NULL on failure, and writes the reason to `error` (at most `error_size` bytes, including the final zero).
uint8_t *cpng_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int channel_count, size_t *encoded_count, char *error,
  size_t error_size);

/// Frees the result of `cpng_encode`.
void cpng_free(uint8_t *encoded);

#endif
