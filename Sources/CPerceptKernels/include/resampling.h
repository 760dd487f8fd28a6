#ifndef RESAMPLING_H
#define RESAMPLING_H

#include <stddef.h>
#include <stdint.h>

/// The old pixels that contribute to each new pixel along one direction, and their weights: new pixel i is the sum of
/// weights[i·capacity + j] · old[spans[2i] + j] over 0 ≤ j < spans[2i + 1], in 22-bit fixed point, rounded.
typedef struct {
  const int32_t *spans;
  const int32_t *weights;
  size_t capacity;
  /// The number of new pixels.
  size_t count;
} resampling_taps;

/// The resampling kernels for both directions, compiled for one instruction set. ReferenceResampling.swift defines what
/// they compute. They use integer arithmetic, so the results are the same for all instruction sets. Strides are the number
/// of bytes from one row to the next.
typedef struct {
  /// Resamples `row_count` rows of RGB pixels to a new width.
  void (*across_rgb)(
    const uint8_t *old, size_t old_stride, size_t row_count, const resampling_taps *taps, uint8_t *result,
    size_t stride);
  /// Resamples `row_count` rows of gray pixels to a new width.
  void (*across_gray)(
    const uint8_t *old, size_t old_stride, size_t row_count, const resampling_taps *taps, uint8_t *result,
    size_t stride);
  /// Resamples rows of `length` bytes to a new height.
  void (*down)(
    const uint8_t *old, size_t old_stride, size_t length, const resampling_taps *taps, uint8_t *result, size_t stride);
} resampling_kernels;

/// Returns the kernels for all processors of this architecture.
const resampling_kernels *resampling_kernels_any(void);

/// Returns the kernels for x86-64 processors with AVX2; NULL on other processors.
const resampling_kernels *resampling_kernels_avx2(void);

/// Returns the best kernels for this processor.
const resampling_kernels *resampling_kernels_best(void);

#endif
