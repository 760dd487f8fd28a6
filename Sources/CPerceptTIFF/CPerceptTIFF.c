#include "CPerceptTIFF.h"

#include "CPerceptPlatform.h"
#include <dlfcn.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>

// libtiff is loaded when the first image needs it. Its headers are not used: the declarations below are the part of its
// stable C API (libtiff.so.6, since 4.5) that reading an image needs.

typedef struct tiff tiff;
typedef struct tiff_options tiff_options;
typedef int (*tiff_handler)(tiff *, void *data, const char *module, const char *format, va_list);

enum {
  tag_width = 256, tag_height = 257, tag_bits = 258, tag_compression = 259, tag_photometric = 262,
  tag_orientation = 274, tag_samples = 277, tag_planar = 284, tag_color_map = 320, tag_tile_width = 322,
  tag_tile_height = 323, tag_ink_set = 332, tag_extra = 338, tag_sample_format = 339, tag_xmp = 700,
  tag_jpeg_color_mode = 65538,
};
enum { compression_jpeg = 7, photometric_ycbcr = 6, planar_separate = 2, jpeg_color_mode_rgb = 1 };

static struct {
  tiff_options *(*options_alloc)(void);
  void (*options_free)(tiff_options *options);
  void (*set_limit)(tiff_options *options, ssize_t bytes);
  void (*set_error_handler)(tiff_options *options, tiff_handler handler, void *data);
  void (*set_warning_handler)(tiff_options *options, tiff_handler handler, void *data);
  tiff *(*open)(
    const char *name, const char *mode, void *source, ssize_t (*read)(void *, void *, ssize_t),
    ssize_t (*write)(void *, void *, ssize_t), uint64_t (*seek)(void *, uint64_t, int), int (*close)(void *),
    uint64_t (*size)(void *), int (*map)(void *, void **, uint64_t *), void (*unmap)(void *, void *, uint64_t),
    tiff_options *options);
  void (*close)(tiff *image);
  int (*get)(tiff *image, uint32_t tag, ...);
  int (*get_defaulted)(tiff *image, uint32_t tag, ...);
  int (*set)(tiff *image, uint32_t tag, ...);
  int (*is_tiled)(tiff *image);
  ssize_t (*tile_size)(tiff *image);
  ssize_t (*row_size)(tiff *image);
  int (*read_row)(tiff *image, void *samples, uint32_t row, uint16_t plane);
  ssize_t (*read_tile)(tiff *image, void *samples, uint32_t x, uint32_t y, uint32_t z, uint16_t plane);
} library;

static bool installed;

static void open_library(void) {
  void *opened = cplatform_open_library("tiff", "6", RTLD_NOW | RTLD_LOCAL);
  if (!opened) return;
  const struct {
    const char *name;
    void *function;
  } wanted[] = {
    {"TIFFOpenOptionsAlloc", &library.options_alloc},
    {"TIFFOpenOptionsFree", &library.options_free},
    {"TIFFOpenOptionsSetMaxSingleMemAlloc", &library.set_limit},
    {"TIFFOpenOptionsSetErrorHandlerExtR", &library.set_error_handler},
    {"TIFFOpenOptionsSetWarningHandlerExtR", &library.set_warning_handler},
    {"TIFFClientOpenExt", &library.open},
    {"TIFFClose", &library.close},
    {"TIFFGetField", &library.get},
    {"TIFFGetFieldDefaulted", &library.get_defaulted},
    {"TIFFSetField", &library.set},
    {"TIFFIsTiled", &library.is_tiled},
    {"TIFFTileSize", &library.tile_size},
    {"TIFFScanlineSize", &library.row_size},
    {"TIFFReadScanline", &library.read_row},
    {"TIFFReadTile", &library.read_tile},
  };
  for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++) {
    void *symbol = dlsym(opened, wanted[i].name);
    if (!symbol) return;
    memcpy(wanted[i].function, &symbol, sizeof(symbol));
  }
  installed = true;
}

bool ctiff_is_installed(void) {
  static pthread_once_t once = PTHREAD_ONCE_INIT;
  pthread_once(&once, open_library);
  return installed;
}

struct ctiff_file {
  tiff *image;
  const uint8_t *bytes;
  size_t count;
  size_t offset;
  size_t unit_size;
  // Whether pixels are being decoded, so that a warning can mean that some are missing.
  bool is_decoding;
  bool has_failed;
  char words[256];
};

// MARK: - The file in memory

static ssize_t read_source(void *source, void *destination, ssize_t count) {
  ctiff_file *file = source;
  const size_t rest = file->offset < file->count ? file->count - file->offset : 0;
  const size_t read = count < 0 ? 0 : (size_t)count < rest ? (size_t)count : rest;
  memcpy(destination, file->bytes + (read ? file->offset : 0), read);
  file->offset += read;
  return (ssize_t)read;
}

static ssize_t write_nothing(void *source, void *bytes, ssize_t count) {
  (void)source, (void)bytes, (void)count;
  return -1;
}

static uint64_t seek_source(void *source, uint64_t offset, int whence) {
  ctiff_file *file = source;
  const uint64_t base = whence == SEEK_CUR ? file->offset : whence == SEEK_END ? file->count : 0;
  file->offset = (size_t)(base + offset);
  return file->offset;
}

static int close_source(void *source) {
  (void)source;
  return 0;
}

static uint64_t size_source(void *source) { return ((ctiff_file *)source)->count; }

static int map_source(void *source, void **bytes, uint64_t *count) {
  ctiff_file *file = source;
  *bytes = (void *)(uintptr_t)file->bytes;
  *count = file->count;
  return 1;
}

static void unmap_source(void *source, void *bytes, uint64_t count) { (void)source, (void)bytes, (void)count; }

// MARK: - Errors

// Keeps the first error, which is the cause of those that follow.
static int keep_error(tiff *image, void *data, const char *module, const char *format, va_list arguments) {
  (void)image, (void)module;
  ctiff_file *file = data;
  if (!file->has_failed) vsnprintf(file->words, sizeof file->words, format, arguments);
  file->has_failed = true;
  return 1;
}

// libjpeg and the fax decoder report missing pixels as warnings. Extraneous bytes cost no pixel.
static int judge_warning(tiff *image, void *data, const char *module, const char *format, va_list arguments) {
  ctiff_file *file = data;
  char words[256];
  va_list copy;
  va_copy(copy, arguments);
  vsnprintf(words, sizeof words, format, copy);
  va_end(copy);
  const bool is_decoder = module && (strncmp(module, "JPEG", 4) == 0 || strncmp(module, "Fax", 3) == 0);
  if (file->is_decoding && is_decoder && !strstr(words, "extraneous"))
    keep_error(image, data, module, format, arguments);
  return 1;
}

static bool report(const ctiff_file *file, const char *otherwise, char *error, size_t error_size) {
  snprintf(error, error_size, "%s", file && file->words[0] ? file->words : otherwise);
  return false;
}

// MARK: - Reading

static int number(tiff *image, uint32_t tag) {
  uint16_t value = 0;
  library.get_defaulted(image, tag, &value);
  return value;
}

static void read_header(ctiff_file *file, ctiff_header *header) {
  tiff *image = file->image;
  *header = (ctiff_header){0};
  uint16_t orientation = 0, extra_count = 0, *extra = NULL, photometric = UINT16_MAX;
  library.get(image, tag_width, &header->width);
  library.get(image, tag_height, &header->height);
  library.get(image, tag_orientation, &orientation);
  library.get(image, tag_photometric, &photometric);
  header->bits_per_sample = number(image, tag_bits);
  header->samples_per_pixel = number(image, tag_samples);
  header->sample_format = number(image, tag_sample_format);
  header->compression = number(image, tag_compression);
  header->ink_set = number(image, tag_ink_set);
  header->is_planar = number(image, tag_planar) == planar_separate;
  header->photometric = photometric;
  header->orientation = orientation;
  if (library.get(image, tag_extra, &extra_count, &extra) && extra && extra_count > 0) {
    header->extra_count = extra_count;
    header->first_extra = extra[0];
  }
  if (header->compression == compression_jpeg && photometric == photometric_ycbcr)
    library.set(image, tag_jpeg_color_mode, jpeg_color_mode_rgb);
  ssize_t size;
  if (library.is_tiled(image)) {
    library.get(image, tag_tile_width, &header->tile_width);
    library.get(image, tag_tile_height, &header->tile_height);
    size = library.tile_size(image);
  } else {
    size = library.row_size(image);
  }
  header->unit_size = file->unit_size = size > 0 ? (size_t)size : 0;
}

ctiff_file *ctiff_open(
  const uint8_t *bytes, size_t count, size_t limit, ctiff_header *header, char *error, size_t error_size) {
  ctiff_file *file = ctiff_is_installed() ? calloc(1, sizeof(*file)) : NULL;
  tiff_options *options = file ? library.options_alloc() : NULL;
  if (!options) {
    report(NULL, "out of memory", error, error_size);
    free(file);
    return NULL;
  }
  file->bytes = bytes;
  file->count = count;
  library.set_limit(options, (ssize_t)limit);
  library.set_error_handler(options, keep_error, file);
  library.set_warning_handler(options, judge_warning, file);
  file->image = library.open(
    "image", "rO", file, read_source, write_nothing, seek_source, close_source, size_source, map_source, unmap_source,
    options);
  library.options_free(options);
  if (!file->image) {
    report(file, "the header is damaged", error, error_size);
    free(file);
    return NULL;
  }
  read_header(file, header);
  // A problem with a tag that is not needed says nothing about the pixels.
  file->has_failed = false;
  file->words[0] = 0;
  return file;
}

bool ctiff_copy_palette(ctiff_file *file, uint8_t *colors, size_t count) {
  uint16_t *channels[3] = {NULL, NULL, NULL};
  if (!library.get(file->image, tag_color_map, &channels[0], &channels[1], &channels[2])) return false;
  for (size_t i = 0; i < count; i++)
    for (int c = 0; c < 3; c++) {
      if (!channels[c]) return false;
      colors[3 * i + (size_t)c] = (uint8_t)(channels[c][i] >> 8);
    }
  return true;
}

const uint8_t *ctiff_xmp(ctiff_file *file, size_t *count) {
  uint32_t length = 0;
  const void *bytes = NULL;
  if (!library.get(file->image, tag_xmp, &length, &bytes)) return NULL;
  *count = length;
  return bytes;
}

bool ctiff_read_row(
  ctiff_file *file, uint32_t y, uint16_t plane, uint8_t *samples, char *error, size_t error_size) {
  file->is_decoding = true;
  const bool is_read = library.read_row(file->image, samples, y, plane) == 1;
  return (is_read && !file->has_failed) || report(file, "pixels are missing", error, error_size);
}

bool ctiff_read_tile(
  ctiff_file *file, uint32_t x, uint32_t y, uint16_t plane, uint8_t *samples, char *error, size_t error_size) {
  file->is_decoding = true;
  const bool is_read = library.read_tile(file->image, samples, x, y, 0, plane) == (ssize_t)file->unit_size;
  return (is_read && !file->has_failed) || report(file, "pixels are missing", error, error_size);
}

void ctiff_close(ctiff_file *file) {
  if (!file) return;
  library.close(file->image);
  free(file);
}
