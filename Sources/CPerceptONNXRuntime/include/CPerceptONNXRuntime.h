#ifndef CPERCEPT_ONNX_RUNTIME_H
#define CPERCEPT_ONNX_RUNTIME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// ONNX Runtime, which is opened when it is first used. Errors are written to a buffer of `error_size` bytes. Sessions may
/// be used by several threads at a time.

typedef struct cort_session cort_session;

/// Opens the library in `folder` (or NULL) or of the system, if it is not open. Returns whether it is open.
bool cort_open(const char *folder, char *error, size_t error_size);

/// Creates a session from the bytes of a graph, which are not needed afterwards. Returns NULL after an error.
cort_session *cort_create_session(const void *graph, size_t size, const char *input, const char *output, char *error,
                                  size_t error_size);
void cort_release_session(cort_session *session);

/// Waits until `bytes` of memory, and those of other calls that are not released yet, are at most `limit`. One call alone
/// never waits.
void cort_reserve(size_t bytes, size_t limit);
void cort_release(size_t bytes);

/// Runs a graph on one input. Returns the output, which `cort_release_output` releases, or NULL after an error. `values`
/// receives its elements and `count` their number.
void *cort_run(cort_session *session, const float *input, const int64_t shape[4], const float **values, size_t *count,
               char *error, size_t error_size);
void cort_release_output(void *output);

#endif
