// The files of the studio's page, as they stand in `page`.
#ifndef CSTUDIOASSETS_H
#define CSTUDIOASSETS_H

#include <stddef.h>

typedef struct {
  const char *name;
  const unsigned char *bytes;
  size_t count;
} cstudio_asset;

// How many there are.
extern const size_t cstudio_asset_count;

// One of them, 0 to count - 1.
cstudio_asset cstudio_asset_at(size_t index);

#endif
