#ifndef CPERCEPTTIFF_H
#define CPERCEPTTIFF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Returns whether libtiff (libtiff.so.6) can be loaded. The first call loads it. Thread-safe.
bool ctiff_is_installed(void);

/// A TIFF file whose first directory was read.
typedef struct ctiff_file ctiff_file;

/// What the first directory declares. Numbers are those of the TIFF specification; 0 stands for an orientation that is
/// missing.
typedef struct {
  uint32_t width;
  uint32_t height;
  int bits_per_sample;
  int samples_per_pixel;
  int sample_format;
  int photometric;
  int compression;
  int orientation;
  int ink_set;
  /// Whether each channel is stored for itself.
  bool is_planar;
  /// The number of samples beyond those of the color, and the meaning of the first of them.
  int extra_count;
  int first_extra;
  /// The size of tiles; 0 if the image is stored in strips.
  uint32_t tile_width;
  uint32_t tile_height;
  /// The number of bytes of a decoded tile, or of a decoded row of a strip; in one channel, if the image is planar.
  size_t unit_size;
} ctiff_header;

/// Reads the first directory. Pixels are decoded to RGB if they are JPEG in YCbCr. No single allocation exceeds `limit`
/// bytes. `bytes` must outlive the result.
///
/// Returns NULL on failure, and writes the reason to `error` (at most `error_size` bytes, including the final zero).
ctiff_file *ctiff_open(
  const uint8_t *bytes, size_t count, size_t limit, ctiff_header *header, char *error, size_t error_size);

/// Copies the high bytes of the color map: red, green and blue of `count` = 2^bits_per_sample colors. Returns false if there
/// is no color map.
bool ctiff_copy_palette(ctiff_file *file, uint8_t *colors, size_t count);

/// Returns the XMP metadata; NULL if there are none. They are valid until the file is closed.
const uint8_t *ctiff_xmp(ctiff_file *file, size_t *count);

/// Decodes the next row of an image in strips, or the tile that begins at (`x`, `y`), into `unit_size` bytes. Rows must be
/// read in order, and all rows of a plane before those of the next.
///
/// Returns false on failure, also if pixels are missing, and writes the reason to `error`.
bool ctiff_read_row(
  ctiff_file *file, uint32_t y, uint16_t plane, uint8_t *samples, char *error, size_t error_size);
bool ctiff_read_tile(
  ctiff_file *file, uint32_t x, uint32_t y, uint16_t plane, uint8_t *samples, char *error, size_t error_size);

/// Frees the result of `ctiff_open`.
void ctiff_close(ctiff_file *file);

#endif
