#include "CPerceptKernels.h"

typedef double double4 __attribute__((vector_size(32)));
typedef double double8 __attribute__((vector_size(64)));
typedef uint8_t byte8 __attribute__((vector_size(8)));
typedef uint8_t byte16 __attribute__((vector_size(16)));
typedef float float8 __attribute__((vector_size(32)));
typedef float float16 __attribute__((vector_size(64)));

// The types of whole-numbers.inc, for vectors of 16, 32 and 64 bytes.
typedef uint8_t byte32 __attribute__((vector_size(32)));
typedef uint8_t byte64 __attribute__((vector_size(64)));
typedef int16_t short8 __attribute__((vector_size(16)));
typedef int16_t short16 __attribute__((vector_size(32)));
typedef int16_t short32 __attribute__((vector_size(64)));
typedef int32_t int4 __attribute__((vector_size(16)));
typedef int32_t int8 __attribute__((vector_size(32)));
typedef int32_t int16 __attribute__((vector_size(64)));
typedef int64_t long4 __attribute__((vector_size(32)));
typedef int64_t long8 __attribute__((vector_size(64)));
typedef int64_t long16 __attribute__((vector_size(128)));

// Loads and stores vectors in memory of any alignment.
#define LOAD(type, from) ({ type loaded; __builtin_memcpy(&loaded, (from), sizeof loaded); loaded; })
#define STORE(to, vector) __builtin_memcpy((to), &(vector), sizeof(vector))

// The number of steps after which sums of 32 bits are added to 64-bit numbers, see whole-numbers.inc.
#define MOST_STEPS 128
// The number of digits of the whole numbers that `adds` takes.
#define ERROR_DIGITS 2
// Functions that are specialized for constant arguments.
#define INLINE TARGET __attribute__((always_inline)) static inline
// The number of columns in a cache line, which are processed together.
#define BLOCK 64

#define NAME(name) name##_any
#define TARGET
#define WIDTH 16
#define OCTETS byte16
#define HALF byte8
#define DIGITS short8
#define SUMS int4
#define TOTALS long4
#define LOW(a, b) __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23)
#define HIGH(a, b) __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31)
#if defined(__x86_64__)
#include <immintrin.h>
#define ADD_PRODUCTS(sums, a, b) ((sums) + (int4)_mm_madd_epi16((__m128i)(a), (__m128i)(b)))
#else
#define EVEN(a) __builtin_convertvector(__builtin_shufflevector((short8)(a), (short8)(a), 0, 2, 4, 6), int4)
#define ODD(a) __builtin_convertvector(__builtin_shufflevector((short8)(a), (short8)(a), 1, 3, 5, 7), int4)
#define ADD_PRODUCTS(sums, a, b) ((sums) + EVEN(a) * EVEN(b) + ODD(a) * ODD(b))
#endif
#define LANES 8
#define BYTES byte8
#define FLOATS float8
#include "kernels.inc"
#undef NAME
#undef TARGET

#if defined(__x86_64__)
#define NAME(name) name##_avx2
#define TARGET __attribute__((target("avx2,fma")))
#define WIDTH 32
#define OCTETS byte32
#define HALF byte16
#define DIGITS short16
#define SUMS int8
#define TOTALS long8
#define LOW(a, b) ((byte32)_mm256_unpacklo_epi8((__m256i)(a), (__m256i)(b)))
#define HIGH(a, b) ((byte32)_mm256_unpackhi_epi8((__m256i)(a), (__m256i)(b)))
#define ADD_PRODUCTS(sums, a, b) ((sums) + (int8)_mm256_madd_epi16((__m256i)(a), (__m256i)(b)))
#include "kernels.inc"
#undef NAME
#undef TARGET
#undef LANES
#undef BYTES
#undef FLOATS

#define NAME(name) name##_avx512
#define TARGET __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma")))
#define LANES 16
#define BYTES byte16
#define FLOATS float16
#define WIDTH 64
#define OCTETS byte64
#define HALF byte32
#define DIGITS short32
#define SUMS int16
#define TOTALS long16
#define LOW(a, b) ((byte64)_mm512_unpacklo_epi8((__m512i)(a), (__m512i)(b)))
#define HIGH(a, b) ((byte64)_mm512_unpackhi_epi8((__m512i)(a), (__m512i)(b)))
#define ADD_PRODUCTS(sums, a, b) ((int16)_mm512_dpwssd_epi32((__m512i)(sums), (__m512i)(a), (__m512i)(b)))
#define OWN_PRODUCTS

// Returns the sum of 16 lanes.
TARGET static int64_t lanes_sum(__m512i lanes) {
  return _mm512_reduce_add_epi64(_mm512_add_epi64(
    _mm512_cvtepi32_epi64(_mm512_castsi512_si256(lanes)), _mm512_cvtepi32_epi64(_mm512_extracti64x4_epi64(lanes, 1))));
}

// The VNNI instruction multiplies 64 unsigned bytes by 64 signed bytes, so a·b is computed as a·(b - 128) + 128·Σa. Each of
// the 16 lanes grows by at most 4 · 255 · 128 per step, which fits into 32 bits for 16,384 steps.
TARGET static void NAME(products)(
  const uint8_t *const *rows, const uint8_t *const *others, int64_t *products, size_t count) {
  const __m512i zero = _mm512_setzero_si512(), flip = _mm512_set1_epi8((char)0x80), ones = _mm512_set1_epi8(1);
  for (int r = 0; r < 16; r++) products[r] = 0;
  for (size_t start = 0; start < count; start += 64 * 16384) {
    size_t end = count - start < 64 * 16384 ? count : start + 64 * 16384;
    __m512i totals[4] = {zero, zero, zero, zero};
    __m512i sums[16] = {zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero, zero};
    for (size_t j = start; j < end; j += 64) {
      __mmask64 present = end - j < 64 ? ((__mmask64)1 << (end - j)) - 1 : ~(__mmask64)0;
      __m512i y[4];
      for (int c = 0; c < 4; c++) y[c] = _mm512_xor_si512(_mm512_maskz_loadu_epi8(present, others[c] + j), flip);
      for (int r = 0; r < 4; r++) {
        __m512i x = _mm512_maskz_loadu_epi8(present, rows[r] + j);
        totals[r] = _mm512_dpbusd_epi32(totals[r], x, ones);
        for (int c = 0; c < 4; c++) sums[4 * r + c] = _mm512_dpbusd_epi32(sums[4 * r + c], x, y[c]);
      }
    }
    for (int r = 0; r < 16; r++) products[r] += lanes_sum(sums[r]) + 128 * lanes_sum(totals[r / 4]);
  }
}

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

const pixel_kernels *pixel_kernels_avx512(void) {
#if defined(__x86_64__)
  if (
    __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl") &&
    __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vnni") && pixel_kernels_avx2())
    return &kernels_avx512;
#endif
  return NULL;
}

const pixel_kernels *pixel_kernels_best(void) {
  const pixel_kernels *sets[] = {pixel_kernels_avx512(), pixel_kernels_avx2()};
  for (int i = 0; i < 2; i++) {
    if (sets[i]) return sets[i];
  }
  return &kernels_any;
}

const char *pixel_kernels_name(void) {
  const pixel_kernels *best = pixel_kernels_best();
  if (best == pixel_kernels_avx512()) return "AVX-512";
  if (best == pixel_kernels_avx2()) return "AVX2";
#if defined(__x86_64__)
  return "SSE2";
#elif defined(__aarch64__)
  return "NEON";
#else
  return "C";
#endif
}
