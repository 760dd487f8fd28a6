#include "resampling.h"

#include <string.h>

typedef uint8_t byte4 __attribute__((vector_size(4)));
typedef uint8_t byte8 __attribute__((vector_size(8)));
typedef int32_t int8 __attribute__((vector_size(32)));

// Loads a vector from memory of any alignment.
#define LOAD(type, from) ({ type loaded; memcpy(&loaded, (from), sizeof loaded); loaded; })

// Weights have 22 fractional bits. A sum starts at one half, so that dropping the fractional bits rounds. The total of
// rounded weights may exceed 1, so levels are clamped to 255. They are never negative.
enum { precision = 22, half = 1 << (precision - 1) };

// Converts sums to levels. For a level above 255, the comparison sets all bits, so the low byte is 255.
#define LEVELS(sums) \
  ({ const int8 levels = (sums) >> precision; __builtin_convertvector(levels | (levels > 255), byte8); })

// Loads an RGB pixel from each of two rows into one vector. The fourth byte that is read belongs to the next pixel and is
// ignored. Do not use this for the last row, because its last pixel has no next pixel.
#define TWO_PIXELS(row, stride) \
  __builtin_shufflevector(LOAD(byte4, row), LOAD(byte4, (row) + (stride)), 0, 1, 2, 3, 4, 5, 6, 7)

#define NAME(name) name##_any
#define TARGET
#include "resampling.inc"
#undef NAME
#undef TARGET

#if defined(__x86_64__)
#define NAME(name) name##_avx2
#define TARGET __attribute__((target("avx2")))
#include "resampling.inc"
#undef NAME
#undef TARGET
#endif

const resampling_kernels *resampling_kernels_any(void) { return &kernels_any; }

const resampling_kernels *resampling_kernels_avx2(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2")) return &kernels_avx2;
#endif
  return NULL;
}

const resampling_kernels *resampling_kernels_best(void) {
  const resampling_kernels *best = resampling_kernels_avx2();
  return best ? best : &kernels_any;
}
