#ifndef CMEMORY_H
#define CMEMORY_H

#include <stddef.h>
#include <stdint.h>

/// Memory whose pages have all been written, in pages as large as the system gives; NULL where there is none.
/// Given back with `memory_free`.
uint64_t *memory_make(size_t bytes);

void memory_free(uint64_t *memory, size_t bytes);

/// The sum of `count` words, `count` a multiple of 32: as fast as one core can read.
uint64_t memory_sum(const uint64_t *words, size_t count);

#endif
