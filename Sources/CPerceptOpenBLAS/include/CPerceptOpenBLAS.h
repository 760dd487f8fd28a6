#ifndef CPERCEPTOPENBLAS_H
#define CPERCEPTOPENBLAS_H

#include <stdbool.h>

/// Returns whether OpenBLAS (libopenblas.so.0) can be loaded. The first call loads it. Thread-safe.
bool copenblas_is_installed(void);

/// Computes result = factor · op(a) · op(b) + keep · result in Float32, in row-major order.
///
/// op(a) is a rows x depth matrix and op(b) a depth x columns matrix; op transposes its operand if `transposes_a` or
/// `transposes_b` is true. A stride is the number of elements from one row to the next, as stored. Does nothing if OpenBLAS
/// is not installed.
void copenblas_sgemm(
  bool transposes_a, bool transposes_b, int rows, int columns, int depth, float factor, const float *a, int a_stride,
  const float *b, int b_stride, float keep, float *result, int result_stride);

#endif
