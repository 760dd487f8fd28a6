// The simple decoding and encoding API of libwebp, and its reader of animations (Debian: libwebp-dev).
#include <webp/decode.h>
#include <webp/demux.h>
#include <webp/encode.h>
