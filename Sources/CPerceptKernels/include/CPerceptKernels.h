#ifndef CPERCEPTKERNELS_H
#define CPERCEPTKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "resampling.h"

/// The most digits of a whole number, see `cut`.
#define PIXEL_MOST_DIGITS 3

/// The loops over all pixels or all pairs of examples, compiled for one instruction set. ReferenceKernels.swift defines
/// what they compute, and tests compare every instruction set with it.
typedef struct {
  /// Returns Σⱼ weights[j] · pixels[j], summed in a fixed order.
  double (*dot)(const double *weights, const uint8_t *pixels, size_t count);
  /// Computes sums[j] += factor · pixels[j].
  void (*add)(double factor, const uint8_t *pixels, double *sums, size_t count);
  /// Returns the largest absolute value; NaN if a value is not finite.
  double (*largest)(const double *values, size_t count);
  /// Rounds values, times a power of 2, to whole numbers qⱼ, and cuts them into `digit_count` digits of base 2¹⁶:
  /// qⱼ = Σ_d digits[d · stride + j] · 2¹⁶ᵈ with -2¹⁵ ≤ digit < 2¹⁵. Returns Σⱼ qⱼ. If a value is not finite, or |qⱼ| above
  /// 2³⁰ (two digits) or 2⁴⁶ (three), the digits are arbitrary.
  int64_t (*cut)(
    const double *values, double scale, int digit_count, int16_t *digits, size_t stride, size_t count);
  /// Computes products[r] += Σⱼ qⱼ · rows[r][j] over columns first ..< end, exactly, for whole numbers qⱼ of two or three
  /// digits. `row_count` is a multiple of 4, `first` one of 64, and `stride` is `end` or more, rounded up to a multiple of
  /// 64; the digits of columns from `end` on are 0. Half of the `row_count` rows of `next` are prefetched into the cache.
  void (*dots)(
    const int16_t *digits, int digit_count, size_t stride, const uint8_t *const *rows, const uint8_t *const *next,
    size_t row_count, size_t first, size_t end, int64_t *products);
  /// Adds Σᵣ qᵣ · rows[r][j] to the sums of columns first ..< end, exactly, for whole numbers qᵣ of two digits
  /// factors[d · row_count + r]. `row_count` is a multiple of 8; `first` and `stride` are as in `dots`. The other half of the
  /// rows of `next` is prefetched. The 2 · `stride` sums are in an order that only `carry` knows, and can overflow after
  /// 256 rows.
  void (*adds)(
    const int16_t *factors, const uint8_t *const *rows, const uint8_t *const *next, size_t row_count, size_t first,
    size_t end, int32_t *sums, size_t stride);
  /// Adds the sums of `stride` columns to `totals`, and sets them to 0.
  void (*carry)(int32_t *sums, size_t stride, int64_t *totals);
  /// Computes products[4·r + c] = Σⱼ rows[r][j] · others[c][j], exactly, for four rows and four others.
  void (*products)(
    const uint8_t *const *rows, const uint8_t *const *others, int64_t *products, size_t count);
  /// Adds to products the part of matrix · vector that rows first ..< end and the mirrored columns contribute. The matrix is
  /// symmetric, and row i contains the columns up to i | 3. `first`, `end` and `stride` are multiples of 4.
  void (*multiply)(
    const double *matrix, size_t stride, const double *vector, double *products, size_t first, size_t end);
  /// Computes, for each logit z and label y, the error σ(z) - y and the loss log(1 + eᶻ) - y·z, to about 1e-15 of each
  /// term.
  void (*cross_entropy)(
    const double *logits, const double *labels, double *errors, double *losses, size_t count);
  /// Computes results[j] = factors[j] · pixels[j] + offsets[j], in Float32.
  void (*scale)(const uint8_t *pixels, const float *factors, const float *offsets, float *results, size_t count);
  /// Performs one Adam update, in Float32: m = β₁·m + (1 - β₁)·g, v = β₂·v + (1 - β₂)·g²,
  /// w -= rate · m / (√v + ε) + decay · w. `rate` and `epsilon` include the bias correction of the moments.
  void (*adam)(
    float *weights, const float *gradient, float *first, float *second, float beta1, float beta2, float rate,
    float epsilon, float decay, size_t count);
  /// Computes terms[16·t + k] = Σ_y (Σₓ pixels[64·y + x] · cosines[16·x + k]) · cosines[16·y + t] for 64 x 64 pixels, in
  /// Float32 and in this order, without fused operations, so that every instruction set computes the same bits.
  void (*transform)(const uint8_t *pixels, const float *cosines, float *terms);
} pixel_kernels;

/// Returns the kernels for all processors of this architecture.
const pixel_kernels *pixel_kernels_any(void);

/// Returns the kernels for x86-64 processors with AVX2 and FMA; NULL on other processors.
const pixel_kernels *pixel_kernels_avx2(void);

/// Returns the kernels for x86-64 processors with AVX-512 and VNNI (byte products); NULL on other processors.
const pixel_kernels *pixel_kernels_avx512(void);

/// Returns the best kernels for this processor.
const pixel_kernels *pixel_kernels_best(void);

/// Returns the name of the instruction set of the best kernels, such as "AVX2".
const char *pixel_kernels_name(void);

#endif
