#ifndef CPERCEPTOPENBLAS_H
#define CPERCEPTOPENBLAS_H

#include <stdbool.h>

/// Whether the processor and the system support the instructions of OpenBLAS's kernels "Haswell": AVX2 and FMA.
bool copenblas_has_avx2(void);

/// Whether they support those of its kernels "SkylakeX": AVX-512 F, BW, DQ and VL.
bool copenblas_has_avx512(void);

/// Opens OpenBLAS (libopenblas.so.0) with one thread, and with the kernels for a type of core, such as "Haswell"; NULL lets
/// OpenBLAS choose. Returns false if it is not installed. If this process has opened OpenBLAS elsewhere, its kernels stay,
/// and its number of threads becomes 1. The functions of this header are not thread-safe, except for copenblas_sgemm.
bool copenblas_open(const char *core);

/// Closes OpenBLAS, so that it can be opened with other kernels.
void copenblas_close(void);

/// Returns the configuration of the open library, which begins with "OpenBLAS" and its version.
const char *copenblas_configuration(void);

/// Returns the type of core whose kernels are in use.
const char *copenblas_core(void);

/// Computes result = factor · op(a) · op(b) + keep · result in Float32, in row-major order, on the calling thread.
///
/// op(a) is a rows x depth matrix and op(b) a depth x columns matrix; op transposes its operand if `transposes_a` or
/// `transposes_b` is true. A stride is the number of elements from one row to the next, as stored. OpenBLAS must be open.
void copenblas_sgemm(
  bool transposes_a, bool transposes_b, int rows, int columns, int depth, float factor, const float *a, int a_stride,
  const float *b, int b_stride, float keep, float *result, int result_stride);

#endif
