// The files of the studio's page.
#ifndef CPERCEPTSTUDIOPAGE_H
#define CPERCEPTSTUDIOPAGE_H

#include <stddef.h>

typedef struct {
  const char *name;
  const unsigned char *bytes;
  size_t count;
} cpercept_asset;

// How many there are.
extern const size_t cpercept_asset_count;

// One of them, 0 to count - 1.
cpercept_asset cpercept_asset_at(size_t index);

#endif
