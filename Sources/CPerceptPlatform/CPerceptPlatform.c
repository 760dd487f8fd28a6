#define _GNU_SOURCE

#include "CPerceptPlatform.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef __GLIBC__
#include <malloc.h>
#endif
#ifdef __linux__
#include <sys/mman.h>
#endif
#ifdef __APPLE__
#include <crt_externs.h>
#define environ (*_NSGetEnviron())
#endif

static int argument_count;
static char *const *arguments;

#if defined(__GLIBC__) || defined(__APPLE__)
__attribute__((constructor)) static void keep_arguments(int count, char **values) {
  argument_count = count;
  arguments = values;
}
#endif

char *const *cplatform_arguments(int *count) {
  *count = argument_count;
  return arguments;
}

void *cplatform_open_library(const char *name, const char *version, int flags) {
  char file[64];
#ifdef __APPLE__
  snprintf(file, sizeof file, "lib%s.%s.dylib", name, version);
  void *library = dlopen(file, flags);
  static const char *const homebrew[] = {"/opt/homebrew/lib", "/usr/local/lib"};
  for (size_t i = 0; !library && i < sizeof homebrew / sizeof homebrew[0]; i++) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s", homebrew[i], file);
    library = dlopen(path, flags);
  }
  return library;
#else
  snprintf(file, sizeof file, "lib%s.so.%s", name, version);
  return dlopen(file, flags);
#endif
}

static size_t length(const char *const *list) {
  size_t count = 0;
  while (list && list[count]) count++;
  return count;
}

bool cplatform_add_variables(const char *const *variables, struct cplatform_environment *change) {
  char **before = environ;
  size_t added = length(variables), count = length((const char *const *)before);
  char **after = malloc((added + count + 1) * sizeof *after);
  if (!after) return false;
  for (size_t i = 0; i < added; i++)
    if (!(after[i] = strdup(variables[i]))) return false;
  if (count > 0) memcpy(after + added, before, count * sizeof *after);
  after[added + count] = NULL;
  environ = after;
  *change = (struct cplatform_environment){before, after};
  return true;
}

void cplatform_remove_variables(struct cplatform_environment change) {
  if (environ == change.after) environ = change.before;
}

int cplatform_temporary_file(const char *folder) {
  char path[4096];
  const int count = snprintf(path, sizeof path, "%s/percept-XXXXXX", folder);
  if (count < 0 || (size_t)count >= sizeof path) {
    errno = ENAMETOOLONG;
    return -1;
  }
  const int file = mkostemp(path, O_CLOEXEC);
  if (file >= 0) unlink(path);
  return file;
}

int cplatform_memory_file(void) {
#ifdef __linux__
  return memfd_create("percept", MFD_CLOEXEC);
#else
  return cplatform_temporary_file("/tmp");
#endif
}

void cplatform_return_freed_memory(int threshold) {
#ifdef __GLIBC__
  mallopt(M_MMAP_THRESHOLD, threshold);
  mallopt(M_TRIM_THRESHOLD, threshold);
#else
  (void)threshold;
#endif
}
