#ifndef CHEIF_H
#define CHEIF_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether libheif (libheif.so.1) can be opened on this machine. The first call opens it; any thread may be first.
bool cheif_is_installed(void);

/// A HEIC or AVIF file whose primary picture was found.
typedef struct cheif_picture cheif_picture;

/// Reads the container, and none of the pixels. `bytes` must outlive the result.
///
/// Returns NULL on failure, with the reason, at most `error_size` bytes with its final zero, in `error`.
cheif_picture *cheif_open(const uint8_t *bytes, size_t count, char *error, size_t error_size);

/// The upright picture's declared width (after rotation and mirroring).
int cheif_width(const cheif_picture *picture);

/// The upright picture's declared height.
int cheif_height(const cheif_picture *picture);

/// Samples per decoded pixel: 3 RGB, or 4 RGBA with straight alpha.
int cheif_channel_count(const cheif_picture *picture);

/// Decodes into `pixels`: exactly `height * width * channel_count` bytes, row by row, without padding.
bool cheif_decode(cheif_picture *picture, uint8_t *pixels, char *error, size_t error_size);

/// Frees what `cheif_open` returned.
void cheif_close(cheif_picture *picture);

#endif
