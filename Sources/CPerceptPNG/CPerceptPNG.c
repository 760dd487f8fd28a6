#include "CPerceptPNG.h"

#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

// Ancillary chunks are small. These limits keep libpng from allocating more than a few megabytes for a malicious file.
enum { largest_chunk = 8 * 1024 * 1024, largest_chunk_count = 128 };

typedef struct {
  char *text;
  size_t size;
} message;

static void report(png_structp png, png_const_charp words) {
  const message *destination = png_get_error_ptr(png);
  if (destination && destination->text && destination->size > 0) {
    strncpy(destination->text, words ? words : "", destination->size - 1);
    destination->text[destination->size - 1] = 0;
  }
  png_longjmp(png, 1);
}

static void ignore_warning(png_structp png, png_const_charp words) {
  (void)png;
  (void)words;
}

// MARK: - Decoding

typedef struct {
  const uint8_t *bytes;
  size_t count;
  size_t offset;
} source;

static void read_source(png_structp png, png_bytep destination, size_t count) {
  source *from = png_get_io_ptr(png);
  if (count > from->count - from->offset) png_error(png, "unexpected end of file");
  memcpy(destination, from->bytes + from->offset, count);
  from->offset += count;
}

static png_structp make_reader(source *from, message *to) {
  png_structp png = png_create_read_struct(PNG_LIBPNG_VER_STRING, to, report, ignore_warning);
  if (!png) return NULL;
  png_set_read_fn(png, from, read_source);
  return png;
}

// Reads everything before the pixels. The memory that this takes does not depend on the dimensions.
static void read_information(png_structp png, png_infop info) {
  // The caller checks the dimensions against its own limits before it allocates memory, so allow all legal dimensions here.
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_chunk_cache_max(png, largest_chunk_count);
  png_set_chunk_malloc_max(png, largest_chunk);
  // Of the optional chunks, only tRNS affects the pixels here. libpng need not parse or decompress the others.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  png_read_info(png, info);
}

// Sets the transformations to 8-bit gray or RGB, with or without alpha, and allocates memory for rows.
static void start_rows(png_structp png, png_infop info) {
  png_set_strip_16(png);
  png_set_expand(png);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
}

static bool matches(const cpng_header *a, const cpng_header *b) {
  return a->width == b->width && a->height == b->height && a->channel_count == b->channel_count;
}

static cpng_header header_of(png_structp png, png_infop info) {
  const int color = png_get_color_type(png, info);
  const bool has_alpha = (color & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, info, PNG_INFO_tRNS);
  return (cpng_header){
    .width = png_get_image_width(png, info),
    .height = png_get_image_height(png, info),
    .channel_count = (color & PNG_COLOR_MASK_COLOR ? 3 : 1) + (has_alpha ? 1 : 0),
  };
}

bool cpng_read_header(const uint8_t *bytes, size_t count, cpng_header *header, char *error, size_t error_size) {
  source from = {bytes, count, 0};
  message to = {error, error_size};
  png_structp png = make_reader(&from, &to);
  if (!png) return false;
  png_infop volatile info = png_create_info_struct(png);
  if (!info || setjmp(png_jmpbuf(png))) {
    png_destroy_read_struct(&png, (png_infopp)&info, NULL);
    return false;
  }
  read_information(png, info);
  *header = header_of(png, info);
  png_destroy_read_struct(&png, (png_infopp)&info, NULL);
  return true;
}

bool cpng_decode(
  const uint8_t *bytes, size_t count, cpng_header header, uint8_t *pixels, char *error, size_t error_size) {
  source from = {bytes, count, 0};
  message to = {error, error_size};
  png_structp png = make_reader(&from, &to);
  if (!png) return false;
  png_infop volatile info = png_create_info_struct(png);
  png_bytep *volatile rows = calloc(header.height, sizeof(png_bytep));
  if (!info || !rows || setjmp(png_jmpbuf(png))) {
    free(rows);
    png_destroy_read_struct(&png, (png_infopp)&info, NULL);
    return false;
  }
  read_information(png, info);
  const cpng_header found = header_of(png, info);
  if (!matches(&found, &header)) png_error(png, "the header is inconsistent");
  start_rows(png, info);
  const size_t stride = (size_t)header.width * (size_t)header.channel_count;
  if (png_get_rowbytes(png, info) != stride) png_error(png, "the header is inconsistent");
  for (uint32_t y = 0; y < header.height; y++) rows[y] = pixels + (size_t)y * stride;
  png_read_image(png, rows);
  png_read_end(png, NULL);
  free(rows);
  png_destroy_read_struct(&png, (png_infopp)&info, NULL);
  return true;
}

// MARK: - Encoding

typedef struct {
  uint8_t *bytes;
  size_t count;
  size_t capacity;
} sink;

static void write_sink(png_structp png, png_bytep bytes, size_t count) {
  sink *to = png_get_io_ptr(png);
  if (count > to->capacity - to->count) {
    size_t capacity = to->capacity * 2 > to->count + count ? to->capacity * 2 : to->count + count;
    uint8_t *grown = realloc(to->bytes, capacity);
    if (!grown) png_error(png, "out of memory");
    to->bytes = grown;
    to->capacity = capacity;
  }
  memcpy(to->bytes + to->count, bytes, count);
  to->count += count;
}

static void flush_nothing(png_structp png) { (void)png; }

uint8_t *cpng_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int channel_count, size_t *encoded_count, char *error,
  size_t error_size) {
  message problem = {error, error_size};
  sink to = {NULL, 0, 0};
  png_structp png = png_create_write_struct(PNG_LIBPNG_VER_STRING, &problem, report, ignore_warning);
  if (!png) return NULL;
  png_infop volatile info = png_create_info_struct(png);
  if (!info || setjmp(png_jmpbuf(png))) {
    free(to.bytes);
    png_destroy_write_struct(&png, (png_infopp)&info);
    return NULL;
  }
  png_set_write_fn(png, &to, write_sink, flush_nothing);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  const int color = channel_count == 1 ? PNG_COLOR_TYPE_GRAY : PNG_COLOR_TYPE_RGB;
  png_set_IHDR(
    png, info, width, height, 8, color, PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT, PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, info);
  const size_t stride = (size_t)width * (size_t)channel_count;
  for (uint32_t y = 0; y < height; y++) png_write_row(png, pixels + (size_t)y * stride);
  png_write_end(png, NULL);
  png_destroy_write_struct(&png, (png_infopp)&info);
  *encoded_count = to.count;
  return to.bytes;
}

void cpng_free(uint8_t *encoded) { free(encoded); }
