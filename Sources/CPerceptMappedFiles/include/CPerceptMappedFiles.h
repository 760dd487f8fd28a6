#ifndef CPERCEPT_MAPPED_FILES_H
#define CPERCEPT_MAPPED_FILES_H

#include <stddef.h>

/// Registers the address range of a mapped file, so that `cmapped_exit_on_loss` can name it. `name` is copied, and is printed
/// unchanged. Returns a number for `cmapped_remove`; -1 if too many files are mapped. Thread-safe.
int cmapped_add(const void *start, size_t size, const char *name);

/// Removes a range before it is unmapped. Does nothing for -1.
void cmapped_remove(int number);

/// Handles SIGBUS: if a page of a registered file cannot be read, because the file was truncated or its disk failed, prints
/// the name of the file to standard error and ends the process with an exit code. Other faults end it as before. Only for
/// programs: a library must not change signal handlers.
void cmapped_exit_on_loss(int code);

#endif
