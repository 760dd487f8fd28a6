#define _GNU_SOURCE
#include "CPerceptArchive.h"

#include "CPerceptPlatform.h"
#include <dlfcn.h>
#include <locale.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

// libarchive is loaded when the first archive is read. Its headers are not used: the declarations below are the part of its
// stable C API (libarchive.so.13) that reading an archive needs. Formats and filters that are not needed are not enabled.

enum { archive_ok = 0, archive_eof = 1, archive_warn = -20 };
enum { block_size = 1 << 17 };

static struct {
  void *(*read_new)(void);
  int (*support_zip)(void *archive);
  int (*support_tar)(void *archive);
  int (*support_gzip)(void *archive);
  int (*support_zstd)(void *archive);
  int (*open)(void *archive, int descriptor, size_t block_size);
  int (*next)(void *archive, void **entry);
  ssize_t (*read)(void *archive, void *bytes, size_t count);
  int (*read_free)(void *archive);
  const char *(*error)(void *archive);
  const char *(*name_utf8)(void *entry);
  const char *(*name)(void *entry);
  const char *(*hard_link)(void *entry);
  mode_t (*file_type)(void *entry);
} library;

static bool installed;

static void open_library(void) {
  void *opened = cplatform_open_library("archive", "13", RTLD_NOW | RTLD_LOCAL);
  if (!opened) return;
  const struct {
    const char *name;
    void *function;
  } wanted[] = {
    {"archive_read_new", &library.read_new},
    {"archive_read_support_format_zip", &library.support_zip},
    {"archive_read_support_format_tar", &library.support_tar},
    {"archive_read_support_filter_gzip", &library.support_gzip},
    {"archive_read_support_filter_zstd", &library.support_zstd},
    {"archive_read_open_fd", &library.open},
    {"archive_read_next_header", &library.next},
    {"archive_read_data", &library.read},
    {"archive_read_free", &library.read_free},
    {"archive_error_string", &library.error},
    {"archive_entry_pathname_utf8", &library.name_utf8},
    {"archive_entry_pathname", &library.name},
    {"archive_entry_hardlink", &library.hard_link},
    {"archive_entry_filetype", &library.file_type},
  };
  for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
    void *symbol = dlsym(opened, wanted[i].name);
    if (!symbol) return;
    memcpy(wanted[i].function, &symbol, sizeof(symbol));
  }
  installed = true;
}

bool carchive_is_installed(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return installed;
}

// libarchive converts names to the encoding of the locale. Without one, it would lose those that are not ASCII.
static locale_t use_utf8(void) {
  static locale_t utf8;
  static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&mutex);
  if (!utf8) utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", NULL);
  pthread_mutex_unlock(&mutex);
  return uselocale(utf8);  // changes nothing if there is no such locale
}

static void report(void *archive, const char *otherwise, char *error, size_t error_size) {
  const char *words = archive ? library.error(archive) : NULL;
  snprintf(error, error_size, "%s", words ? words : otherwise);
}

carchive_reader *carchive_open(int descriptor, char *error, size_t error_size) {
  void *archive = carchive_is_installed() ? library.read_new() : NULL;
  if (!archive) {
    report(NULL, "out of memory", error, error_size);
    return NULL;
  }
  library.support_zip(archive);
  library.support_tar(archive);
  library.support_gzip(archive);
  library.support_zstd(archive);
  if (library.open(archive, descriptor, block_size) != archive_ok) {
    report(archive, "it is damaged", error, error_size);
    library.read_free(archive);
    return NULL;
  }
  return archive;
}

carchive_kind carchive_next(carchive_reader *reader, const char **name, char *error, size_t error_size) {
  void *entry = NULL;
  const locale_t earlier = use_utf8();
  const int status = library.next(reader, &entry);
  const char *utf8 = entry ? library.name_utf8(entry) : NULL;
  *name = utf8 ? utf8 : entry ? library.name(entry) : NULL;
  uselocale(earlier);
  if (status == archive_eof) return carchive_end;
  // A warning means that a name or a property cannot be converted.
  if ((status != archive_ok && status != archive_warn) || !entry) {
    report(reader, "it is damaged", error, error_size);
    return carchive_failed;
  }
  if (library.hard_link(entry)) return carchive_link;
  switch (library.file_type(entry)) {
  case S_IFREG: return carchive_file;
  case S_IFDIR: return carchive_folder;
  case S_IFLNK: return carchive_link;
  default: return carchive_device;
  }
}

ssize_t carchive_read(carchive_reader *reader, void *bytes, size_t count, char *error, size_t error_size) {
  const ssize_t read = library.read(reader, bytes, count);
  if (read >= 0) return read;
  report(reader, "it is damaged", error, error_size);
  return -1;
}

void carchive_close(carchive_reader *reader) { library.read_free(reader); }
