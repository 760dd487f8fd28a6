#ifndef CPERCEPTRSVG_H
#define CPERCEPTRSVG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Returns whether librsvg and cairo can be loaded. The first call loads them. Thread-safe.
bool crsvg_is_installed(void);

/// Renders an SVG document into `width * height` pixels of four bytes (blue, green, red and alpha, with premultiplied
/// alpha), in row-major order, without padding. librsvg must be installed: check `crsvg_is_installed` first.
///
/// Returns false on failure, and writes the reason to `error` (at most `error_size` bytes, including the final zero).
bool crsvg_render(
  const char *svg, size_t count, uint8_t *pixels, int width, int height, char *error, size_t error_size);

#endif
