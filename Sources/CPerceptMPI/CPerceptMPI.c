#define _GNU_SOURCE

#include "CPerceptMPI.h"

#include "CPerceptPlatform.h"
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Only processes that a launcher has started need Open MPI, and starting it takes a second. Its headers are not used: the
// declarations below are the few functions of its stable ABI that are needed. Constants such as MPI_COMM_WORLD are the
// addresses of variables.

enum { thread_funneled = 1, longest_text = 256 };

static void *world, *whole_numbers, *bytes_type, *sum_operation, *returned_errors;

static struct {
  int (*init)(int *argument_count, char ***arguments, int wanted, int *provided);
  int (*finalize)(void);
  int (*set_error_handler)(void *communicator, void *handler);
  int (*rank)(void *communicator, int *rank);
  int (*size)(void *communicator, int *size);
  int (*sum)(const void *from, void *to, int count, void *type, void *operation, void *communicator);
  int (*broadcast)(void *bytes, int count, void *type, int root, void *communicator);
  int (*send)(const void *bytes, int count, void *type, int rank, int tag, void *communicator);
  int (*receive)(void *bytes, int count, void *type, int rank, int tag, void *communicator, void *status);
  int (*error_text)(int code, char *text, int *length);
  int (*abort)(void *communicator, int code);
} mpi;

static bool find(void *library, const char *name, void *function) {
  void *symbol = dlsym(library, name);
  memcpy(function, &symbol, sizeof symbol);
  return symbol != NULL;
}

bool cmpi_open(void) {
  // The plugins of Open MPI use the symbols of the library.
  void *library = cplatform_open_library("mpi", "40", RTLD_NOW | RTLD_GLOBAL);
  return library && find(library, "MPI_Init_thread", &mpi.init) && find(library, "MPI_Finalize", &mpi.finalize) &&
         find(library, "MPI_Comm_set_errhandler", &mpi.set_error_handler) &&
         find(library, "MPI_Comm_rank", &mpi.rank) && find(library, "MPI_Comm_size", &mpi.size) &&
         find(library, "MPI_Allreduce", &mpi.sum) && find(library, "MPI_Bcast", &mpi.broadcast) &&
         find(library, "MPI_Send", &mpi.send) && find(library, "MPI_Recv", &mpi.receive) &&
         find(library, "MPI_Error_string", &mpi.error_text) && find(library, "MPI_Abort", &mpi.abort) &&
         find(library, "ompi_mpi_comm_world", &world) && find(library, "ompi_mpi_int64_t", &whole_numbers) &&
         find(library, "ompi_mpi_byte", &bytes_type) && find(library, "ompi_mpi_op_sum", &sum_operation) &&
         find(library, "ompi_mpi_errors_return", &returned_errors);
}

int cmpi_start(bool yields) {
  // The last argument keeps the value of the user.
  if (yields) setenv("OMPI_MCA_mpi_yield_when_idle", "1", 0);
  int provided = 0, code = mpi.init(NULL, NULL, thread_funneled, &provided);
  return code ? code : mpi.set_error_handler(world, returned_errors);
}

int cmpi_rank(void) {
  int rank = 0;
  mpi.rank(world, &rank);
  return rank;
}

int cmpi_count(void) {
  int count = 1;
  mpi.size(world, &count);
  return count;
}

int cmpi_sum(int64_t *numbers, int count) {
  void *in_place = (void *)1;
  return mpi.sum(in_place, numbers, count, whole_numbers, sum_operation, world);
}

int cmpi_broadcast(void *bytes, int count, int root) { return mpi.broadcast(bytes, count, bytes_type, root, world); }

int cmpi_send(const void *bytes, int count, int rank) { return mpi.send(bytes, count, bytes_type, rank, 0, world); }

int cmpi_receive(void *bytes, int count, int rank) {
  return mpi.receive(bytes, count, bytes_type, rank, 0, world, NULL);
}

void cmpi_error(int code, char *text) {
  int length = 0;
  text[0] = '\0';
  if (mpi.error_text(code, text, &length)) snprintf(text, longest_text, "error %d", code);
}

void cmpi_abort(int code) {
  mpi.abort(world, code);
  exit(code);
}

int cmpi_finish(void) { return mpi.finalize(); }
