#ifndef CPERCEPT_SHA256_H
#define CPERCEPT_SHA256_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Computes the SHA-256 digest (FIPS 180-4) of `count` bytes. Uses the SHA instructions of x86-64 where they exist.
void csha256(const uint8_t *bytes, size_t count, uint8_t digest[32]);

/// The same without special instructions. Tests compare both.
void csha256_portable(const uint8_t *bytes, size_t count, uint8_t digest[32]);

#endif
