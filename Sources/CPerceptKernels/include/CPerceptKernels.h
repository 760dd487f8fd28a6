#ifndef CPIXELKERNELS_H
#define CPIXELKERNELS_H

#include <stddef.h>
#include <stdint.h>

#include "resampling.h"

/// The loops that touch every pixel or every pair of examples, compiled for one instruction set. PlainKernels.swift says in
/// plain words what each computes, and tests hold every set against it.
typedef struct {
  /// Σⱼ weights[j] · pixels[j] in a fixed order.
  double (*dot)(const double *weights, const uint8_t *pixels, size_t count);
  /// sums[j] += factor · pixels[j].
  void (*add)(double factor, const uint8_t *pixels, double *sums, size_t count);
  /// For a multiple of eight rows, in Float32: products[r] = Σⱼ weights[j] · rows[r][j].
  void (*dots)(
    const float *weights, const uint8_t *const *rows, size_t row_count, double *products, size_t count);
  /// For a multiple of eight rows, in Float32: sums[j] += Σᵣ factors[r] · rows[r][j]. Meanwhile as many rows that are needed
  /// next come from memory into the cache.
  void (*adds)(
    const float *factors, const uint8_t *const *rows, const uint8_t *const *next, size_t row_count, float *sums,
    size_t count);
  /// For four rows and four others: products[4·r + c] = Σⱼ rows[r][j] · others[c][j], exact.
  void (*products)(
    const uint8_t *const *rows, const uint8_t *const *others, int64_t *products, size_t count);
  /// products += the part of matrix · vector that rows first ..< end and their mirror images give, for a symmetric matrix
  /// of which row i holds columns up to i | 3. `first`, `end` and `stride` are multiples of 4.
  void (*multiply)(
    const double *matrix, size_t stride, const double *vector, double *products, size_t first, size_t end);
  /// For each logit z and label y: errors = σ(z) - y and losses = log(1 + eᶻ) - y·z, to about 1e-15 of each term.
  void (*cross_entropy)(
    const double *logits, const double *labels, double *errors, double *losses, size_t count);
  /// results[j] = factors[j] · pixels[j] + offsets[j], in Float32.
  void (*scale)(const uint8_t *pixels, const float *factors, const float *offsets, float *results, size_t count);
  /// One update of Adam, in Float32: m = β₁·m + (1 - β₁)·g, v = β₂·v + (1 - β₂)·g², w -= rate · m / (√v + ε) + decay · w.
  /// `rate` and `epsilon` contain the corrections of the moments' start from 0.
  void (*adam)(
    float *weights, const float *gradient, float *first, float *second, float beta1, float beta2, float rate,
    float epsilon, float decay, size_t count);
} pixel_kernels;

/// For every processor of this architecture.
const pixel_kernels *pixel_kernels_any(void);

/// For x86-64 processors with AVX2 and FMA; NULL on others.
const pixel_kernels *pixel_kernels_avx2(void);

/// For x86-64 processors with AVX-512 and its byte products (VNNI); NULL on others.
const pixel_kernels *pixel_kernels_avx512(void);

/// The best that this processor has.
const pixel_kernels *pixel_kernels_best(void);

#endif
