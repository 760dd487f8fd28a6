#ifndef CPERCEPTARCHIVE_H
#define CPERCEPTARCHIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// Returns whether libarchive (libarchive.so.13) can be loaded. The first call loads it. Thread-safe.
bool carchive_is_installed(void);

/// An archive that is read from its start to its end: ZIP, or tar, which may be compressed with gzip or zstd.
typedef struct carchive_reader carchive_reader;

/// Opens an archive. `descriptor` must stay open until it is closed.
///
/// Returns NULL on failure, and writes the reason to `error` (at most `error_size` bytes, including the final zero).
carchive_reader *carchive_open(int descriptor, char *error, size_t error_size);

/// What an entry of an archive is.
typedef enum {
  carchive_file,
  carchive_folder,
  carchive_link,
  carchive_device,
  carchive_end,
  /// The archive is damaged, encrypted, or of an unknown kind.
  carchive_failed,
} carchive_kind;

/// Moves to the next entry. `name` receives its path, which is valid until the next call; NULL if it has none.
carchive_kind carchive_next(carchive_reader *reader, const char **name, char *error, size_t error_size);

/// Reads at most `count` bytes of the current file. Returns their number, 0 at the end, and -1 on failure.
ssize_t carchive_read(carchive_reader *reader, void *bytes, size_t count, char *error, size_t error_size);

/// Frees the result of `carchive_open`.
void carchive_close(carchive_reader *reader);

#endif
