#include "CPerceptOpenBLAS.h"

#include <dlfcn.h>
#include <pthread.h>
#include <string.h>

// Loading OpenBLAS takes 4 ms and starts threads, so it is loaded when the first network is trained in batches. Its headers
// are not used: the declaration below is the only function of the standard CBLAS API that is needed.

enum { row_major = 101, as_is = 111, transposed = 112 };

static void (*sgemm)(
  int order, int a_transpose, int b_transpose, int rows, int columns, int depth, float factor, const float *a,
  int a_stride, const float *b, int b_stride, float keep, float *result, int result_stride);

static void open_library(void) {
  void *library = dlopen("libopenblas.so.0", RTLD_NOW | RTLD_LOCAL);
  void *symbol = library ? dlsym(library, "cblas_sgemm") : NULL;
  if (symbol) memcpy(&sgemm, &symbol, sizeof(symbol));
}

bool copenblas_is_installed(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return sgemm != NULL;
}

void copenblas_sgemm(
  bool transposes_a, bool transposes_b, int rows, int columns, int depth, float factor, const float *a, int a_stride,
  const float *b, int b_stride, float keep, float *result, int result_stride) {
  if (!copenblas_is_installed()) return;
  sgemm(
    row_major, transposes_a ? transposed : as_is, transposes_b ? transposed : as_is, rows, columns, depth, factor, a,
    a_stride, b, b_stride, keep, result, result_stride);
}
