// libwebp's simple decoding and encoding interface (Debian: libwebp-dev).
#include <webp/decode.h>
#include <webp/encode.h>
