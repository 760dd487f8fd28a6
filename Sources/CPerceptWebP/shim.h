// The simple decoding and encoding API of libwebp (Debian: libwebp-dev).
#include <webp/decode.h>
#include <webp/encode.h>
