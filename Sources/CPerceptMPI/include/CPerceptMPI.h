#ifndef CPERCEPTMPI_H
#define CPERCEPTMPI_H

#include <stdbool.h>
#include <stdint.h>

// Functions that return int return 0, or the code of an error for cmpi_error. All of them must be called on one thread.

/// Opens Open MPI (libmpi.so.40). Returns false if it is not installed.
bool cmpi_open(void);

/// Joins the processes that the launcher has started. If `yields` is true, a waiting process gives its core to others.
int cmpi_start(bool yields);

/// The number of this process, from 0.
int cmpi_rank(void);

/// The number of processes.
int cmpi_count(void);

/// Replaces numbers, in place, by their sums over all processes.
int cmpi_sum(int64_t *numbers, int count);

/// Replaces bytes by those of the process `root`.
int cmpi_broadcast(void *bytes, int count, int root);

/// Sends bytes to another process, which must call cmpi_receive.
int cmpi_send(const void *bytes, int count, int rank);

/// Receives bytes from another process, which must call cmpi_send.
int cmpi_receive(void *bytes, int count, int rank);

/// Writes a description of an error, at most 255 characters.
void cmpi_error(int code, char *text);

/// Ends all processes. Does not return.
_Noreturn void cmpi_abort(int code);

/// Waits until all processes have called it, and leaves them.
int cmpi_finish(void);

#endif
