// usage: Launch REPORT COMMAND [ARGUMENT ...]
//
// Runs a command and writes to the file REPORT: seconds from its start to its exit, its peak memory in kilobytes, its
// exit status. A process that starts a command lends it its own peak memory, so this is done by one that has none.
#define _GNU_SOURCE
#include <spawn.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>

extern char **environ;

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

int main(int count, char **arguments) {
  if (count < 3) return 64;
  pid_t process;
  int status;
  struct rusage usage;
  double start = now();
  if (posix_spawnp(&process, arguments[2], NULL, NULL, arguments + 2, environ) != 0) return 66;
  if (wait4(process, &status, 0, &usage) != process) return 70;
  double seconds = now() - start;
  FILE *report = fopen(arguments[1], "w");
  if (report == NULL) return 73;
  fprintf(report, "%.9f %ld %d\n", seconds, usage.ru_maxrss, WIFEXITED(status) ? WEXITSTATUS(status) : 128);
  return fclose(report) == 0 ? 0 : 73;
}
