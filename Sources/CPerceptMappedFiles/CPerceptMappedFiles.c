#define _GNU_SOURCE
#include "CPerceptMappedFiles.h"

#include <limits.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

// A signal handler can neither lock nor allocate, so the ranges are in a table of fixed size with atomic fields. The name in
// an entry is valid while its range is mapped, and only then can an address in the range be the cause of a signal.

enum { capacity = 64 };

static struct {
  atomic_bool is_taken;
  atomic_uintptr_t start;
  atomic_size_t size;
  char name[PATH_MAX];
} files[capacity];

int cmapped_add(const void *start, size_t size, const char *name) {
  for (int i = 0; i < capacity; i++) {
    if (atomic_exchange(&files[i].is_taken, true)) continue;
    snprintf(files[i].name, sizeof(files[i].name), "%s", name);
    atomic_store(&files[i].start, (uintptr_t)start);
    atomic_store(&files[i].size, size);
    return i;
  }
  return -1;
}

void cmapped_remove(int number) {
  if (number < 0) return;
  atomic_store(&files[number].size, 0);
  atomic_store(&files[number].is_taken, false);
}

static int exit_code;
static bool is_terminal;
static struct sigaction earlier;

static void print(const char *text) {
  if (write(STDERR_FILENO, text, strlen(text)) < 0) return;
}

static void handle(int number, siginfo_t *info, void *context) {
  (void)context;
  for (int i = 0; i < capacity; i++) {
    if ((uintptr_t)info->si_addr - atomic_load(&files[i].start) >= atomic_load(&files[i].size)) continue;
    if (is_terminal) print("\r\033[K");  // removes the status line
    print("Error: ");
    print(files[i].name);
    print(": was truncated, or its disk failed, while it was in use; run the command again\n");
    _exit(exit_code);
  }
  sigaction(number, &earlier, NULL);  // on return, the instruction fails again
  if (info->si_code <= 0) raise(number);  // sent by a process
}

void cmapped_exit_on_loss(int code) {
  exit_code = code;
  is_terminal = isatty(STDERR_FILENO);
  struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
  sigaction(SIGBUS, &action, &earlier);
}
