#include "CPixelKernels.h"

#include <string.h>

typedef uint8_t byte8 __attribute__((vector_size(8)));
typedef float float8 __attribute__((vector_size(32)));
typedef double double8 __attribute__((vector_size(64)));

// Vectors from memory of any alignment.
#define LOAD(type, from) ({ type loaded; memcpy(&loaded, (from), sizeof loaded); loaded; })
#define FLOATS(from) __builtin_convertvector(LOAD(byte8, from), float8)

#define NAME(name) name##_any
#define TARGET
#include "kernels.inc"
#undef NAME
#undef TARGET

#if defined(__x86_64__)
#define NAME(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#include "kernels.inc"
#undef NAME
#undef TARGET
#endif

const pixel_kernels *pixel_kernels_any(void) { return &kernels_any; }

const pixel_kernels *pixel_kernels_avx2(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return &kernels_avx2;
#endif
  return NULL;
}

const pixel_kernels *pixel_kernels_best(void) {
  const pixel_kernels *best = pixel_kernels_avx2();
  return best ? best : &kernels_any;
}
