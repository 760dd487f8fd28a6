#ifndef CPERCEPTALLOCATIONCOUNTER_H
#define CPERCEPTALLOCATIONCOUNTER_H

/// Returns the number of memory allocations of this process. Linking this target replaces malloc, calloc, realloc,
/// aligned_alloc and posix_memalign with versions that count.
long allocation_count(void);

#endif
