#ifndef C_PERCEPT_ENVIRONMENT_H
#define C_PERCEPT_ENVIRONMENT_H

#include <stdbool.h>

/// The lists of variables of the process before and after variables were added.
struct cenvironment_change {
  char **before;
  char **after;
};

/// Adds variables, "NAME=value" and NULL at the end, in front of those of the process. For libraries that read them while
/// they are opened. setenv could free the list that another thread reads; here, both lists stay allocated. Variables that
/// are added before main would hide the arguments of the process from Swift's statically linked standard library, which
/// finds them next to the first list.
bool cenvironment_add(const char *const *variables, struct cenvironment_change *change);

/// Takes the variables back, so that child processes do not inherit them, unless another thread has set one meanwhile.
void cenvironment_undo(struct cenvironment_change change);

#endif
