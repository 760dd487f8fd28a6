#ifndef CZLIB_SHIM_H
#define CZLIB_SHIM_H

// zlib (Debian: zlib1g-dev). The initialisers are macros that pass the header's version and structure size; macros with
// casts do not import into Swift, so each has a function here.
#include <zlib.h>

/// `inflateInit2`: 15 for zlib data, 15 + 16 for gzip, 15 + 32 to recognise either, -15 for raw deflate.
static inline int czlib_inflate_init(z_stream *stream, int window_bits) {
  return inflateInit2(stream, window_bits);
}

/// `deflateInit2` with the default memory level and strategy; `window_bits` as for `czlib_inflate_init`, without + 32.
static inline int czlib_deflate_init(z_stream *stream, int level, int window_bits) {
  return deflateInit2(stream, level, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY);
}

#endif
