#include "resampling.h"

#include <string.h>

typedef uint8_t byte4 __attribute__((vector_size(4)));
typedef uint8_t byte8 __attribute__((vector_size(8)));
typedef int32_t int8 __attribute__((vector_size(32)));

// Vectors from memory of any alignment.
#define LOAD(type, from) ({ type loaded; memcpy(&loaded, (from), sizeof loaded); loaded; })

// Weights have 22 fractional bits; a sum begins at one half, so that dropping them rounds. Rounded weights may exceed 1 in
// total, so a level is clipped above; below 0 there is nothing.
enum { precision = 22, half = 1 << (precision - 1) };

// What is above 255 becomes all ones, whose low byte is 255.
#define LEVELS(sums) \
  ({ const int8 levels = (sums) >> precision; __builtin_convertvector(levels | (levels > 255), byte8); })

// Two rows' pixels in one vector. The fourth byte that is read with each is the next pixel's and is dropped, which is why
// the last row of all, whose last pixel has no next one, must not come here.
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
