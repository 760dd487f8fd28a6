// The embedded files of the studio's page.
#ifndef CPERCEPTSTUDIOPAGE_H
#define CPERCEPTSTUDIOPAGE_H

#include <stddef.h>

typedef struct {
  const char *name;
  const unsigned char *bytes;
  size_t count;
} cpercept_asset;

// The number of files.
extern const size_t cpercept_asset_count;

// Returns the file at an index from 0 to cpercept_asset_count - 1.
cpercept_asset cpercept_asset_at(size_t index);

#endif
