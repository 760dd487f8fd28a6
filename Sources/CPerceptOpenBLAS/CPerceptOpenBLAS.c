#include "CPerceptOpenBLAS.h"

#include "CPerceptPlatform.h"
#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

// Loading OpenBLAS takes 4 ms, so it is loaded when the first network is trained in batches. Its headers are not used: the
// declarations below are the few functions that are needed.

enum { row_major = 101, as_is = 111, transposed = 112 };

static void *library;
static void (*sgemm)(
  int order, int a_transpose, int b_transpose, int rows, int columns, int depth, float factor, const float *a,
  int a_stride, const float *b, int b_stride, float keep, float *result, int result_stride);
static char *(*config)(void);
static char *(*core_name)(void);
static void (*set_thread_count)(int count);

bool copenblas_has_avx2(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
#else
  return false;
#endif
}

bool copenblas_has_avx512(void) {
#if defined(__x86_64__)
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") &&
         __builtin_cpu_supports("avx512vl") && copenblas_has_avx2();
#else
  return false;
#endif
}

// OpenBLAS reads its variables only while it is loaded.
static void *open_library(const char *core) {
  char choice[64];
  snprintf(choice, sizeof choice, "OPENBLAS_CORETYPE=%s", core ? core : "");
  const char *const variables[] = {"OPENBLAS_NUM_THREADS=1", core ? choice : NULL, NULL};
  struct cplatform_environment change;
  if (!cplatform_add_variables(variables, &change)) return NULL;
  void *opened = cplatform_open_library("openblas", "0", RTLD_NOW | RTLD_LOCAL);
  cplatform_remove_variables(change);
  return opened;
}

static bool find(const char *name, void *function) {
  void *symbol = dlsym(library, name);
  memcpy(function, &symbol, sizeof symbol);
  return symbol != NULL;
}

bool copenblas_open(const char *core) {
  library = open_library(core);
  if (!library) return false;
  if (
    find("cblas_sgemm", &sgemm) && find("openblas_get_config", &config) && find("openblas_get_corename", &core_name) &&
    find("openblas_set_num_threads", &set_thread_count)) {
    set_thread_count(1);
    return true;
  }
  copenblas_close();
  return false;
}

void copenblas_close(void) {
  dlclose(library);
  library = NULL;
}

const char *copenblas_configuration(void) { return config(); }

const char *copenblas_core(void) { return core_name(); }

void copenblas_sgemm(
  bool transposes_a, bool transposes_b, int rows, int columns, int depth, float factor, const float *a, int a_stride,
  const float *b, int b_stride, float keep, float *result, int result_stride) {
  sgemm(
    row_major, transposes_a ? transposed : as_is, transposes_b ? transposed : as_is, rows, columns, depth, factor, a,
    a_stride, b, b_stride, keep, result, result_stride);
}
