#include "CPerceptRSVG.h"

#include "CPerceptPlatform.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <string.h>

// librsvg depends on cairo, pango and GLib. Loading them takes 11 ms, so they are loaded when the first figure is rendered.
// Their headers are not used: the declarations below are the part of their stable C APIs that rendering a document needs.

typedef struct {
  uint32_t domain;
  int code;
  char *message;
} gerror;

typedef struct {
  double x, y, width, height;
} rectangle;

enum { cairo_format_argb32 = 0, rsvg_flag_unlimited = 1 };

static struct {
  void *(*stream_from_data)(const void *data, ptrdiff_t count, void (*destroy)(void *));
  void (*unref)(void *object);
  void (*error_free)(gerror *error);
  void *(*handle_from_stream)(void *stream, void *base, int flags, void *cancellable, gerror **error);
  int (*render)(void *handle, void *cairo, const rectangle *viewport, gerror **error);
  void *(*surface_for_data)(unsigned char *data, int format, int width, int height, int stride);
  void (*surface_flush)(void *surface);
  void (*surface_destroy)(void *surface);
  void *(*cairo_create)(void *surface);
  void (*cairo_destroy)(void *cairo);
} rsvg;

static bool installed;

static bool find(void *library, const char *name, void *function) {
  void *symbol = library ? dlsym(library, name) : NULL;
  if (symbol) memcpy(function, &symbol, sizeof(symbol));
  return symbol != NULL;
}

static void open_libraries(void) {
  void *svg = cplatform_open_library("rsvg-2", "2", RTLD_NOW | RTLD_LOCAL);
  void *cairo = cplatform_open_library("cairo", "2", RTLD_NOW | RTLD_LOCAL);
  void *gio = cplatform_open_library("gio-2.0", "0", RTLD_NOW | RTLD_LOCAL);
  void *gobject = cplatform_open_library("gobject-2.0", "0", RTLD_NOW | RTLD_LOCAL);
  void *glib = cplatform_open_library("glib-2.0", "0", RTLD_NOW | RTLD_LOCAL);
  installed = find(gio, "g_memory_input_stream_new_from_data", &rsvg.stream_from_data)
    && find(gobject, "g_object_unref", &rsvg.unref) && find(glib, "g_error_free", &rsvg.error_free)
    && find(svg, "rsvg_handle_new_from_stream_sync", &rsvg.handle_from_stream)
    && find(svg, "rsvg_handle_render_document", &rsvg.render)
    && find(cairo, "cairo_image_surface_create_for_data", &rsvg.surface_for_data)
    && find(cairo, "cairo_surface_flush", &rsvg.surface_flush)
    && find(cairo, "cairo_surface_destroy", &rsvg.surface_destroy) && find(cairo, "cairo_create", &rsvg.cairo_create)
    && find(cairo, "cairo_destroy", &rsvg.cairo_destroy);
}

bool crsvg_is_installed(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_libraries);
  return installed;
}

static bool report(gerror *failure, char *error, size_t error_size) {
  snprintf(error, error_size, "%s", failure && failure->message ? failure->message : "unknown error");
  if (failure) rsvg.error_free(failure);
  return false;
}

bool crsvg_render(
  const char *svg, size_t count, uint8_t *pixels, int width, int height, char *error, size_t error_size) {
  gerror *failure = NULL;
  void *stream = rsvg.stream_from_data(svg, (ptrdiff_t)count, NULL);
  // "Unlimited" removes the parser's limit on the length of a text node, which a large embedded image exceeds.
  void *handle = rsvg.handle_from_stream(stream, NULL, rsvg_flag_unlimited, NULL, &failure);
  rsvg.unref(stream);
  if (!handle) return report(failure, error, error_size);
  memset(pixels, 0, (size_t)width * (size_t)height * 4);
  void *surface = rsvg.surface_for_data(pixels, cairo_format_argb32, width, height, width * 4);
  void *cairo = rsvg.cairo_create(surface);
  const rectangle viewport = {0, 0, width, height};
  bool done = rsvg.render(handle, cairo, &viewport, &failure);
  rsvg.surface_flush(surface);
  rsvg.cairo_destroy(cairo);
  rsvg.surface_destroy(surface);
  rsvg.unref(handle);
  return done ? true : report(failure, error, error_size);
}
