#ifndef CPERCEPTJPEG_H
#define CPERCEPTJPEG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// The size of a JPEG image, and the sample layout that `cjpeg_decode` returns for it.
typedef struct {
  uint32_t width;
  uint32_t height;
  /// The number of 8-bit samples per decoded pixel: 1 (gray), 3 (RGB) or 4 (CMYK as stored, which is usually inverted).
  int channel_count;
} cjpeg_header;

typedef enum {
  cjpeg_success,
  /// The file is damaged or incomplete. The error text is the reason.
  cjpeg_damaged,
  /// The file is a kind of JPEG that is not supported. The error text is the kind, such as "a lossless JPEG image".
  cjpeg_unsupported,
} cjpeg_status;

/// Reads the segments before the pixels. The amount of memory that it allocates does not depend on the image size.
///
/// On failure, writes a text to `error` (at most `error_size` bytes, including the final zero).
cjpeg_status cjpeg_read_header(
  const uint8_t *bytes, size_t count, cjpeg_header *header, char *error, size_t error_size);

/// Decodes at `1 / denominator` of the size (1, 2, 4 or 8) into `pixels`: exactly `rows * columns * channel_count` bytes in
/// row-major order, without padding, where rows and columns are `height / denominator` and `width / denominator`, rounded
/// up. `header` is the result of `cjpeg_read_header`.
///
/// Allocates memory for a few rows; for an image with several scans, also for its coefficients, at most 8 bytes per pixel.
///
/// Succeeds only if every pixel is in the file. Oddities that cost no pixel are accepted: unknown JFIF versions, unused
/// parameters with invalid values, and bytes between segments or before the end marker.
///
/// On failure, writes a text to `error` (at most `error_size` bytes, including the final zero).
cjpeg_status cjpeg_decode(
  const uint8_t *bytes, size_t count, cjpeg_header header, unsigned denominator, uint8_t *pixels, char *error,
  size_t error_size);

/// Encodes 8-bit gray (1 channel) or RGB (3 channels, without chroma subsampling) as baseline JPEG, with a quality from 1 to
/// 100. The caller must free the result with `cjpeg_free`.
///
/// Returns NULL on failure, and writes the reason to `error` (at most `error_size` bytes, including the final zero).
uint8_t *cjpeg_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int channel_count, int quality, size_t *encoded_count,
  char *error, size_t error_size);

/// Frees the result of `cjpeg_encode`.
void cjpeg_free(uint8_t *encoded);

#endif
