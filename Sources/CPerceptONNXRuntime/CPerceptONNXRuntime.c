#define _GNU_SOURCE

#include "CPerceptONNXRuntime.h"

#include "CPerceptPlatform.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

// The headers of ONNX Runtime are not used. Its C interface is a table of functions to which versions only append, so the
// position of a function in the table of version 5 identifies it in every later version.
enum {
  get_error_message = 2,
  create_env = 3,
  disable_telemetry_events = 6,
  create_session_from_array = 8,
  run_session = 9,
  create_session_options = 10,
  set_graph_optimization_level = 23,
  set_intra_op_threads = 24,
  set_inter_op_threads = 25,
  create_tensor_with_data = 49,
  get_tensor_data = 51,
  get_element_type = 60,
  get_element_count = 64,
  get_tensor_type_and_shape = 65,
  create_cpu_memory_info = 69,
  release_environment = 92,
  release_status = 93,
  release_session = 95,
  release_value = 96,
  release_type_and_shape = 99,
  release_session_options = 100,
  add_session_config_entry = 130,
  table_version = 5,
};

enum { element_float = 1, log_fatal = 4, all_optimizations = 99, device_allocator = 0, default_memory = 0 };

typedef void *status;
typedef void (*any_function)(void);

static const any_function *table;
static bool is_open;
static void *environment;
static void *memory;

struct cort_session {
  void *session;
  char *input;
  char *output;
};

// Newer versions of ONNX Runtime than the one that Percept installs send usage data unless this variable is set before they
// are opened.
static bool opt_out_of_telemetry(void) {
  const char *const variables[] = {"ORT_DISABLE_TELEMETRY=1", NULL};
  struct cplatform_environment change;
  return cplatform_add_variables(variables, &change);
}

static void report(const char *words, char *error, size_t error_size) {
  snprintf(error, error_size, "%s", words ? words : "unknown error");
}

// Returns whether a call succeeded. Writes its error message otherwise.
static bool succeeded(status result, char *error, size_t error_size) {
  if (!result) return true;
  report(((const char *(*)(status))table[get_error_message])(result), error, error_size);
  ((void (*)(status))table[release_status])(result);
  return false;
}

// Opens a library. After an error, writes its message unless there already is one.
static void *open_path(const char *path, char *error, size_t error_size) {
  void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
  if (!library && !error[0]) report(dlerror(), error, error_size);
  return library;
}

// The loader says that a library for another processor does not exist.
static void explain_missing(const char *path, char *error, size_t error_size) {
  size_t length = strlen(path);
  if (strncmp(error, path, length) == 0 && strstr(error + length, "No such file"))
    snprintf(error, error_size, "%s: not a library for this processor", path);
}

// A library in the folder that cannot be opened, for example because it is damaged, is the problem that is reported.
static void *open_library(const char *folder, char *error, size_t error_size) {
  static const char *const names[] = {"libonnxruntime.so.1", "libonnxruntime.so.1.21"};
  enum { count = sizeof names / sizeof names[0] };
  void *library = NULL;
  error[0] = 0;
  for (size_t i = 0; folder && !library && i < count; i++) {
    char path[4096];
    if (snprintf(path, sizeof path, "%s/%s", folder, names[i]) >= (int)sizeof path || access(path, F_OK) != 0) continue;
    library = open_path(path, error, error_size);
    if (!library) explain_missing(path, error, error_size);
  }
  for (size_t i = 0; !library && i < count; i++) library = open_path(names[i], error, error_size);
  return library;
}

static bool prepare(void *library, char *error, size_t error_size) {
  struct base {
    const any_function *(*get_api)(uint32_t version);
  };
  const struct base *(*get_base)(void) = NULL;
  void *symbol = dlsym(library, "OrtGetApiBase");
  memcpy(&get_base, &symbol, sizeof symbol);
  const struct base *base = get_base ? get_base() : NULL;
  const any_function *api = base ? base->get_api(table_version) : NULL;
  if (!api) {
    report("the library is not ONNX Runtime, or is too old", error, error_size);
    return false;
  }
  table = api;
  if (succeeded(((status(*)(int, const char *, void **))table[create_env])(log_fatal, "percept", &environment), error,
                error_size) &&
      succeeded(((status(*)(void *))table[disable_telemetry_events])(environment), error, error_size) &&
      succeeded(((status(*)(int, int, void **))table[create_cpu_memory_info])(device_allocator, default_memory, &memory),
                error, error_size))
    return true;
  if (environment) ((void (*)(void *))table[release_environment])(environment);
  environment = NULL;
  return false;
}

bool cort_open(const char *folder, char *error, size_t error_size) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  static bool is_quiet;
  if (!is_quiet) is_quiet = opt_out_of_telemetry();
  if (!is_quiet) {
    report("not enough memory", error, error_size);
  } else if (!is_open) {
    void *library = open_library(folder, error, error_size);
    is_open = library && prepare(library, error, error_size);
    if (library && !is_open) dlclose(library);
  }
  bool result = is_open;
  pthread_mutex_unlock(&lock);
  return result;
}

static bool add_entry(void *options, const char *key, const char *value, char *error, size_t error_size) {
  return succeeded(
    ((status(*)(void *, const char *, const char *))table[add_session_config_entry])(options, key, value), error, error_size);
}

static bool set_options(void *options, char *error, size_t error_size) {
  // Images are processed in parallel, so each uses one thread.
  return succeeded(((status(*)(void *, int))table[set_intra_op_threads])(options, 1), error, error_size) &&
         succeeded(((status(*)(void *, int))table[set_inter_op_threads])(options, 1), error, error_size) &&
         succeeded(((status(*)(void *, int))table[set_graph_optimization_level])(options, all_optimizations), error,
                   error_size) &&
         // The runtime must not guess another format than the one that was checked.
         add_entry(options, "session.load_model_format", "ONNX", error, error_size) &&
         // Percept refuses graphs that refer to other files. This makes sure that none is found.
         add_entry(options, "session.model_external_initializers_file_folder_path", "/nonexistent", error, error_size);
}

static void *session_of(const void *graph, size_t size, char *error, size_t error_size) {
  void *options = NULL;
  void *session = NULL;
  if (!succeeded(((status(*)(void **))table[create_session_options])(&options), error, error_size)) return NULL;
  if (set_options(options, error, error_size)) {
    status result = ((status(*)(void *, const void *, size_t, void *, void **))table[create_session_from_array])(
      environment, graph, size, options, &session);
    if (!succeeded(result, error, error_size)) session = NULL;
  }
  ((void (*)(void *))table[release_session_options])(options);
  return session;
}

cort_session *cort_create_session(const void *graph, size_t size, const char *input, const char *output, char *error,
                                  size_t error_size) {
  void *opened = session_of(graph, size, error, error_size);
  if (!opened) return NULL;
  cort_session *session = calloc(1, sizeof *session);
  if (session) {
    *session = (cort_session){opened, strdup(input), strdup(output)};
    if (session->input && session->output) return session;
    cort_release_session(session);
  } else {
    ((void (*)(void *))table[release_session])(opened);
  }
  report("out of memory", error, error_size);
  return NULL;
}

void cort_release_session(cort_session *session) {
  ((void (*)(void *))table[release_session])(session->session);
  free(session->input);
  free(session->output);
  free(session);
}

// Sets the address and the number of the elements of a tensor of floats.
static bool elements(void *value, const float **values, size_t *count, char *error, size_t error_size) {
  void *info = NULL;
  int type = 0;
  void *data = NULL;
  if (!succeeded(((status(*)(void *, void **))table[get_tensor_type_and_shape])(value, &info), error, error_size))
    return false;
  bool is_read =
    succeeded(((status(*)(void *, int *))table[get_element_type])(info, &type), error, error_size) &&
    succeeded(((status(*)(void *, size_t *))table[get_element_count])(info, count), error, error_size) &&
    succeeded(((status(*)(void *, void **))table[get_tensor_data])(value, &data), error, error_size);
  ((void (*)(void *))table[release_type_and_shape])(info);
  if (is_read && type != element_float) report("the output does not consist of 32-bit floats", error, error_size);
  *values = data;
  return is_read && type == element_float;
}

static pthread_mutex_t reservation_lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t reservation_released = PTHREAD_COND_INITIALIZER;
static size_t reserved;

void cort_reserve(size_t bytes, size_t limit) {
  pthread_mutex_lock(&reservation_lock);
  while (reserved > 0 && (bytes > limit || reserved > limit - bytes))
    pthread_cond_wait(&reservation_released, &reservation_lock);
  reserved += bytes;
  pthread_mutex_unlock(&reservation_lock);
}

void cort_release(size_t bytes) {
  pthread_mutex_lock(&reservation_lock);
  reserved -= bytes;
  pthread_cond_broadcast(&reservation_released);
  pthread_mutex_unlock(&reservation_lock);
}

void *cort_run(cort_session *session, const float *input, const int64_t shape[4], const float **values, size_t *count,
               char *error, size_t error_size) {
  size_t size = sizeof(float);
  for (int i = 0; i < 4; i++) size *= (size_t)shape[i];
  void *tensor = NULL;
  void *output = NULL;
  status result = ((status(*)(void *, void *, size_t, const int64_t *, size_t, int, void **))table[create_tensor_with_data])(
    memory, (void *)input, size, shape, 4, element_float, &tensor);
  if (!succeeded(result, error, error_size)) return NULL;
  result = ((status(*)(void *, const void *, const char *const *, void *const *, size_t, const char *const *, size_t,
                       void **))table[run_session])(session->session, NULL, (const char *const *)&session->input, &tensor, 1,
                                                    (const char *const *)&session->output, 1, &output);
  bool is_done = succeeded(result, error, error_size) && elements(output, values, count, error, error_size);
  ((void (*)(void *))table[release_value])(tensor);
  if (is_done) return output;
  cort_release_output(output);
  return NULL;
}

void cort_release_output(void *output) {
  if (output) ((void (*)(void *))table[release_value])(output);
}
