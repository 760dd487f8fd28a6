#include "CPerceptHEIF.h"

#include "CPerceptPlatform.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// Loading libheif takes 8 ms, so it is loaded when the first image needs it. Its headers are not used: the declarations
// below are the part of its stable C API (libheif.so.1, since 1.0) that decoding an image needs.

typedef struct {
  int code;
  int subcode;
  const char *message;
} heif_error;

enum { heif_colorspace_RGB = 1, heif_chroma_interleaved_RGB = 10, heif_chroma_interleaved_RGBA = 11 };
enum { heif_channel_interleaved = 10 };

static struct {
  void *(*context_alloc)(void);
  void (*context_free)(void *context);
  heif_error (*context_read)(void *context, const void *bytes, size_t count, const void *options);
  heif_error (*primary_handle)(void *context, void **handle);
  int (*handle_has_alpha)(const void *handle);
  int (*handle_is_premultiplied)(const void *handle);  // since 1.12; NULL in older versions
  void (*handle_release)(const void *handle);
  heif_error (*decode)(const void *handle, void **image, int colorspace, int chroma, const void *options);
  int (*image_width)(const void *image, int channel);
  int (*image_height)(const void *image, int channel);
  const uint8_t *(*image_plane)(const void *image, int channel, int *stride);
  void (*image_release)(const void *image);
} heif;

static bool installed;

static void open_library(void) {
  void *library = cplatform_open_library("heif", "1", RTLD_NOW | RTLD_LOCAL);
  if (!library) return;
  const struct {
    const char *name;
    void *function;
  } wanted[] = {
    {"heif_context_alloc", &heif.context_alloc},
    {"heif_context_free", &heif.context_free},
    {"heif_context_read_from_memory_without_copy", &heif.context_read},
    {"heif_context_get_primary_image_handle", &heif.primary_handle},
    {"heif_image_handle_has_alpha_channel", &heif.handle_has_alpha},
    {"heif_image_handle_release", &heif.handle_release},
    {"heif_decode_image", &heif.decode},
    {"heif_image_get_width", &heif.image_width},
    {"heif_image_get_height", &heif.image_height},
    {"heif_image_get_plane_readonly", &heif.image_plane},
    {"heif_image_release", &heif.image_release},
  };
  for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
    void *symbol = dlsym(library, wanted[i].name);
    if (!symbol) return;  // Do not close the library: its plug-ins may have registered handlers.
    memcpy(wanted[i].function, &symbol, sizeof(symbol));
  }
  void *symbol = dlsym(library, "heif_image_handle_is_premultiplied_alpha");
  memcpy(&heif.handle_is_premultiplied, &symbol, sizeof(symbol));
  installed = true;
}

bool cheif_is_installed(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return installed;
}

struct cheif_picture {
  void *context;
  void *handle;
  void *image;
};

static bool report(const char *words, char *error, size_t error_size) {
  snprintf(error, error_size, "%s", words ? words : "unknown error");
  return false;
}

cheif_picture *cheif_open(const uint8_t *bytes, size_t count, char *error, size_t error_size) {
  if (!cheif_is_installed()) {
    report("libheif is not installed", error, error_size);
    return NULL;
  }
  cheif_picture *picture = calloc(1, sizeof(*picture));
  if (!picture) {
    report("out of memory", error, error_size);
    return NULL;
  }
  picture->context = heif.context_alloc();
  if (!picture->context) {
    report("out of memory", error, error_size);
    cheif_close(picture);
    return NULL;
  }
  heif_error problem = heif.context_read(picture->context, bytes, count, NULL);
  if (problem.code == 0) problem = heif.primary_handle(picture->context, &picture->handle);
  if (problem.code != 0 || !picture->handle) {
    report(problem.message, error, error_size);
    cheif_close(picture);
    return NULL;
  }
  return picture;
}

int cheif_channel_count(const cheif_picture *picture) { return heif.handle_has_alpha(picture->handle) ? 4 : 3; }

bool cheif_is_premultiplied(const cheif_picture *picture) {
  return heif.handle_is_premultiplied && heif.handle_is_premultiplied(picture->handle);
}

bool cheif_decode(cheif_picture *picture, char *error, size_t error_size) {
  const int chroma = cheif_channel_count(picture) == 4 ? heif_chroma_interleaved_RGBA : heif_chroma_interleaved_RGB;
  // Without options, libheif applies rotation, mirroring and cropping.
  const heif_error problem = heif.decode(picture->handle, &picture->image, heif_colorspace_RGB, chroma, NULL);
  if (problem.code != 0 || !picture->image) return report(problem.message, error, error_size);
  return true;
}

int cheif_decoded_width(const cheif_picture *picture) {
  return heif.image_width(picture->image, heif_channel_interleaved);
}

int cheif_decoded_height(const cheif_picture *picture) {
  return heif.image_height(picture->image, heif_channel_interleaved);
}

bool cheif_copy(const cheif_picture *picture, uint8_t *pixels) {
  int stride = 0;
  const uint8_t *plane = heif.image_plane(picture->image, heif_channel_interleaved, &stride);
  const size_t row = (size_t)cheif_decoded_width(picture) * (size_t)cheif_channel_count(picture);
  if (!plane || stride < 0 || (size_t)stride < row) return false;
  const int height = cheif_decoded_height(picture);
  for (int y = 0; y < height; y++) memcpy(pixels + (size_t)y * row, plane + (size_t)y * (size_t)stride, row);
  return true;
}

void cheif_close(cheif_picture *picture) {
  if (!picture) return;
  if (picture->image) heif.image_release(picture->image);
  if (picture->handle) heif.handle_release(picture->handle);
  if (picture->context) heif.context_free(picture->context);
  free(picture);
}
