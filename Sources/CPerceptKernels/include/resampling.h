#ifndef RESAMPLING_H
#define RESAMPLING_H

#include <stddef.h>
#include <stdint.h>

/// Which old pixels make each new one along one direction, and with what weights: new pixel i is the sum over j below
/// spans[2i + 1] of weights[i·capacity + j] · old[spans[2i] + j], in 22-bit fixed point, rounded.
typedef struct {
  const int32_t *spans;
  const int32_t *weights;
  size_t capacity;
  /// New pixels.
  size_t count;
} resampling_taps;

/// The two directions of resampling, compiled for one instruction set. PlainResampling.swift says in plain words what each
/// computes; they are whole numbers, so every set gives the same. Rows are a stride of bytes apart.
typedef struct {
  /// `row_count` rows of RGB pixels at a new width.
  void (*across_rgb)(
    const uint8_t *old, size_t old_stride, size_t row_count, const resampling_taps *taps, uint8_t *result,
    size_t stride);
  /// `row_count` rows of gray pixels at a new width.
  void (*across_gray)(
    const uint8_t *old, size_t old_stride, size_t row_count, const resampling_taps *taps, uint8_t *result,
    size_t stride);
  /// Rows of `length` bytes at a new height.
  void (*down)(
    const uint8_t *old, size_t old_stride, size_t length, const resampling_taps *taps, uint8_t *result, size_t stride);
} resampling_kernels;

/// For every processor of this architecture.
const resampling_kernels *resampling_kernels_any(void);

/// For x86-64 processors with AVX2; NULL on others.
const resampling_kernels *resampling_kernels_avx2(void);

/// The best that this processor has.
const resampling_kernels *resampling_kernels_best(void);

#endif
