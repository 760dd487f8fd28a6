#define _GNU_SOURCE
#include "CMemory.h"

#include <sys/mman.h>

typedef uint64_t vector __attribute__((vector_size(32)));

uint64_t *memory_make(size_t bytes) {
  uint64_t *words = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (words == MAP_FAILED) return NULL;
  madvise(words, bytes, MADV_HUGEPAGE);
  for (size_t i = 0; i < bytes / sizeof *words; i++) words[i] = i;
  return words;
}

void memory_free(uint64_t *memory, size_t bytes) { munmap(memory, bytes); }

#if defined(__x86_64__)
__attribute__((target_clones("avx2", "default")))
#endif
uint64_t memory_sum(const uint64_t *words, size_t count) {
  const vector *vectors = (const vector *)words;
  vector sums[8] = {0};
  for (size_t i = 0; i < count / 4; i += 8) {
    for (int j = 0; j < 8; j++) sums[j] += vectors[i + j];
  }
  uint64_t total = 0;
  for (int j = 0; j < 8; j++) total += sums[j][0] + sums[j][1] + sums[j][2] + sums[j][3];
  return total;
}
