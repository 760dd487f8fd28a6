#ifndef COPENBLAS_H
#define COPENBLAS_H

#include <stdbool.h>

/// Whether OpenBLAS can be opened on this machine. The first call opens it; any thread may be first.
bool copenblas_is_installed(void);

/// result = factor · op(a) · op(b) + keep · result in Float32, all row by row: op(a) is rows x depth, op(b) depth x columns,
/// where op transposes if asked to. The strides are from one row to the next as stored.
void copenblas_sgemm(
  bool transposes_a, bool transposes_b, int rows, int columns, int depth, float factor, const float *a, int a_stride,
  const float *b, int b_stride, float keep, float *result, int result_stride);

#endif
