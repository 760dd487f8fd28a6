#ifndef CRSVG_H
#define CRSVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Whether librsvg and cairo can be opened on this machine. The first call opens them; any thread may be first.
bool crsvg_is_installed(void);

/// Renders an SVG document into `width * height` pixels of four bytes, blue, green, red and alpha, the colours multiplied
/// by alpha, row by row without padding.
///
/// Returns false on failure, with the reason, at most `error_size` bytes with its final zero, in `error`.
bool crsvg_render(
  const char *svg, size_t count, uint8_t *pixels, int width, int height, char *error, size_t error_size);

#endif
