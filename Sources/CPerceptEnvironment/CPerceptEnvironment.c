#define _GNU_SOURCE

#include "CPerceptEnvironment.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static size_t length(const char *const *list) {
  size_t count = 0;
  while (list && list[count]) count++;
  return count;
}

bool cenvironment_add(const char *const *variables, struct cenvironment_change *change) {
  char **before = environ;
  size_t added = length(variables), count = length((const char *const *)before);
  char **after = malloc((added + count + 1) * sizeof *after);
  if (!after) return false;
  for (size_t i = 0; i < added; i++)
    if (!(after[i] = strdup(variables[i]))) return false;
  if (count > 0) memcpy(after + added, before, count * sizeof *after);
  after[added + count] = NULL;
  environ = after;
  *change = (struct cenvironment_change){before, after};
  return true;
}

void cenvironment_undo(struct cenvironment_change change) {
  if (environ == change.after) environ = change.before;
}
