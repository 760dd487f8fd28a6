#ifndef C_PERCEPT_PLATFORM_H
#define C_PERCEPT_PLATFORM_H

#include <stdbool.h>

/// The arguments of the process, beginning with its name; NULL if the C library does not pass them to constructors. Swift's
/// statically linked standard library reads them from /proc, which minimal containers and chroots lack.
char *const *cplatform_arguments(int *count);

/// Opens a shared library by its name and version, such as "archive" and "13", with the flags of dlopen. NULL if it is not
/// installed.
void *cplatform_open_library(const char *name, const char *version, int flags);

/// The lists of variables of the process before and after variables were added.
struct cplatform_environment {
  char **before;
  char **after;
};

/// Adds variables, "NAME=value" and NULL at the end, in front of those of the process. For libraries that read them while
/// they are opened. setenv could free the list that another thread reads; here, both lists stay allocated.
bool cplatform_add_variables(const char *const *variables, struct cplatform_environment *change);

/// Restores the environment, so that child processes do not inherit the variables, unless another thread has changed it.
void cplatform_remove_variables(struct cplatform_environment change);

/// Creates an empty file without a name in a folder. Returns its descriptor, or -1 with `errno` set.
int cplatform_temporary_file(const char *folder);

/// Creates an empty file without a name in memory, or in /tmp if the system has no files in memory. Returns its descriptor, or -1
/// with `errno` set.
int cplatform_memory_file(void);

/// Returns freed blocks of at least `threshold` bytes to the system, where malloc has such a setting.
void cplatform_return_freed_memory(int threshold);

#endif
