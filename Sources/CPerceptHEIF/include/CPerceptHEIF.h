#ifndef CPERCEPTHEIF_H
#define CPERCEPTHEIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Returns whether libheif (libheif.so.1) can be loaded. The first call loads it. Thread-safe.
bool cheif_is_installed(void);

/// A HEIC or AVIF file whose primary image was found.
typedef struct cheif_picture cheif_picture;

/// Reads the container, but no pixels. `bytes` must outlive the result.
///
/// Returns NULL on failure, and writes the reason to `error` (at most `error_size` bytes, including the final zero).
cheif_picture *cheif_open(const uint8_t *bytes, size_t count, char *error, size_t error_size);

/// Returns the number of samples per decoded pixel: 3 (RGB), or 4 (RGBA).
int cheif_channel_count(const cheif_picture *picture);

/// Returns whether colors are stored, and decoded, multiplied by alpha.
bool cheif_is_premultiplied(const cheif_picture *picture);

/// Decodes the image, turned upright. Allocates memory for the size that the coded data declares, which may be any.
///
/// Returns false on failure, and writes the reason to `error` (at most `error_size` bytes, including the final zero).
bool cheif_decode(cheif_picture *picture, char *error, size_t error_size);

/// Returns the width of the decoded image.
int cheif_decoded_width(const cheif_picture *picture);

/// Returns the height of the decoded image.
int cheif_decoded_height(const cheif_picture *picture);

/// Copies the decoded image into `pixels`: exactly `height * width * channel_count` bytes in row-major order, without
/// padding. Returns false on failure.
bool cheif_copy(const cheif_picture *picture, uint8_t *pixels);

/// Frees the result of `cheif_open`.
void cheif_close(cheif_picture *picture);

#endif
