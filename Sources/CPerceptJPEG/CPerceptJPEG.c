#include "CPerceptJPEG.h"

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jpeglib.h>

#include <jerror.h>

// Every scan can affect every pixel, and takes few bytes. An image of 8 megapixels may have 500 scans, one of 200 megapixels
// 20. More would take many seconds. Encoders write about 10.
enum { usual_scans = 20, most_scans = 500 };
static const uint64_t most_scanned_pixels = 4000000000;

// How a call ends: libjpeg's errors, and its warnings that mean missing pixels, jump to `end`.
typedef struct {
  struct jpeg_error_mgr manager;
  jmp_buf end;
  cjpeg_status status;
  char *text;
  size_t size;
} report;

static _Noreturn void fail(report *to, cjpeg_status status, const char *text) {
  to->status = status;
  if (to->size > 0) snprintf(to->text, to->size, "%s", text);
  longjmp(to->end, 1);
}

// Fails with libjpeg's current message.
static _Noreturn void fail_with_message(j_common_ptr jpeg) {
  char text[JMSG_LENGTH_MAX];
  jpeg->err->format_message(jpeg, text);
  fail((report *)jpeg->err, cjpeg_damaged, text);
}

// Fails because of a kind of JPEG, whose name may contain a number.
static _Noreturn void refuse(j_common_ptr jpeg, const char *kind, int number) {
  char text[JMSG_LENGTH_MAX];
  snprintf(text, sizeof text, kind, number);
  fail((report *)jpeg->err, cjpeg_unsupported, text);
}

// Fails because of a marker that libjpeg does not support.
static _Noreturn void refuse_marker(j_common_ptr jpeg, int marker) {
  switch (marker) {
  case 0xC3:
  case 0xC7:
  case 0xCB:
  case 0xCF: refuse(jpeg, "a lossless JPEG image", 0);
  case 0xC5:
  case 0xC6:
  case 0xCD:
  case 0xCE: refuse(jpeg, "a hierarchical JPEG image", 0);
  case 0xF7: refuse(jpeg, "a JPEG-LS image", 0);
  default: fail_with_message(jpeg);
  }
}

static _Noreturn void handle_error(j_common_ptr jpeg) {
  const int parameter = jpeg->err->msg_parm.i[0];
  switch (jpeg->err->msg_code) {
  case JERR_BAD_PRECISION: refuse(jpeg, "a JPEG image with %d bits per channel", parameter);
  case JERR_SOF_UNSUPPORTED:
  case JERR_UNKNOWN_MARKER: refuse_marker(jpeg, parameter);
  case JERR_CCIR601_NOTIMPL:
  case JERR_FRACT_SAMPLE_NOTIMPL: refuse(jpeg, "a JPEG image with fractional subsampling", 0);
  default: fail_with_message(jpeg);
  }
}

// Returns whether a warning is about an oddity that costs no pixel. All others mean that pixels are missing.
static bool is_harmless(const struct jpeg_error_mgr *manager) {
  switch (manager->msg_code) {
  case JWRN_JFIF_MAJOR: return true;      // an unknown version of JFIF
  case JWRN_ADOBE_XFORM: return true;     // an unknown color transform: YCbCr
  case JWRN_NOT_SEQUENTIAL: return true;  // progressive parameters of a sequential scan, which are not used
  case JWRN_EXTRANEOUS_DATA:
    // Bytes before a segment or the end are skipped. Before a restart marker, they are a damaged part of the scan.
    return manager->msg_parm.i[1] < JPEG_RST0 || manager->msg_parm.i[1] > JPEG_RST0 + 7;
  default: return false;
  }
}

static void handle_message(j_common_ptr jpeg, int level) {
  if (level < 0 && !is_harmless(jpeg->err)) fail_with_message(jpeg);
}

static struct jpeg_error_mgr *prepare(report *to) {
  jpeg_std_error(&to->manager);
  to->manager.error_exit = handle_error;
  to->manager.emit_message = handle_message;
  return &to->manager;
}

// MARK: - Decoding

static void limit_scans(j_common_ptr jpeg) {
  const struct jpeg_decompress_struct *image = (j_decompress_ptr)jpeg;
  const int scans = image->input_scan_number;
  const uint64_t pixels = (uint64_t)image->image_width * image->image_height;
  if (scans > most_scans || (scans > usual_scans && (uint64_t)scans * pixels > most_scanned_pixels)) {
    fail((report *)jpeg->err, cjpeg_damaged, "it has too many scans");
  }
}

static int channel_count(j_decompress_ptr jpeg) {
  switch (jpeg->jpeg_color_space) {
  case JCS_GRAYSCALE: return 1;
  case JCS_RGB:
  case JCS_YCbCr: return 3;
  case JCS_CMYK:
  case JCS_YCCK: return 4;
  default: refuse((j_common_ptr)jpeg, "a JPEG image with %d channels", jpeg->num_components);
  }
}

static cjpeg_header read_header(j_decompress_ptr jpeg, const uint8_t *bytes, size_t count) {
  jpeg_mem_src(jpeg, bytes, count);
  jpeg_read_header(jpeg, TRUE);
  // Some versions of libjpeg-turbo decode these, but not completely: damage to arithmetic codes goes unnoticed.
  if (jpeg->arith_code) refuse((j_common_ptr)jpeg, "a JPEG image with arithmetic coding", 0);
  if (jpeg->data_precision != 8) {
    refuse((j_common_ptr)jpeg, "a JPEG image with %d bits per channel", jpeg->data_precision);
  }
  return (cjpeg_header){jpeg->image_width, jpeg->image_height, channel_count(jpeg)};
}

cjpeg_status cjpeg_read_header(
  const uint8_t *bytes, size_t count, cjpeg_header *header, char *error, size_t error_size) {
  report to = {.text = error, .size = error_size};
  struct jpeg_decompress_struct jpeg = {.err = prepare(&to)};
  if (setjmp(to.end) == 0) {
    jpeg_create_decompress(&jpeg);
    *header = read_header(&jpeg, bytes, count);
  }
  jpeg_destroy_decompress(&jpeg);
  return to.status;
}

static void start(j_decompress_ptr jpeg, cjpeg_header header, unsigned denominator) {
  jpeg->out_color_space = header.channel_count == 1 ? JCS_GRAYSCALE : header.channel_count == 3 ? JCS_RGB : JCS_CMYK;
  jpeg->scale_num = 1;
  jpeg->scale_denom = denominator;
  jpeg_start_decompress(jpeg);
  const bool is_expected = jpeg->output_width == (header.width + denominator - 1) / denominator &&
                           jpeg->output_height == (header.height + denominator - 1) / denominator &&
                           jpeg->output_components == header.channel_count;
  if (!is_expected) fail((report *)jpeg->err, cjpeg_damaged, "the header is inconsistent");
  // Of an image with several scans, all have been read. A component without a quantization table was in none of them.
  for (int i = 0; i < jpeg->num_components; i++) {
    if (!jpeg->comp_info[i].quant_table) fail((report *)jpeg->err, cjpeg_damaged, "a color component is missing");
  }
}

cjpeg_status cjpeg_decode(
  const uint8_t *bytes, size_t count, cjpeg_header header, unsigned denominator, uint8_t *pixels, char *error,
  size_t error_size) {
  report to = {.text = error, .size = error_size};
  struct jpeg_progress_mgr progress = {.progress_monitor = limit_scans};
  struct jpeg_decompress_struct jpeg = {.err = prepare(&to)};
  if (setjmp(to.end) == 0) {
    jpeg_create_decompress(&jpeg);
    jpeg.progress = &progress;
    const cjpeg_header found = read_header(&jpeg, bytes, count);
    const bool is_same = found.width == header.width && found.height == header.height &&
                         found.channel_count == header.channel_count;
    if (!is_same) fail(&to, cjpeg_damaged, "the header is inconsistent");
    start(&jpeg, header, denominator);
    const size_t stride = (size_t)jpeg.output_width * (size_t)header.channel_count;
    while (jpeg.output_scanline < jpeg.output_height) {
      JSAMPROW row = pixels + jpeg.output_scanline * stride;
      jpeg_read_scanlines(&jpeg, &row, 1);
    }
    jpeg_finish_decompress(&jpeg);
  }
  jpeg_destroy_decompress(&jpeg);
  return to.status;
}

// MARK: - Encoding

typedef struct {
  struct jpeg_destination_mgr manager;
  uint8_t *bytes;
  size_t capacity;
} sink;

static void begin_sink(j_compress_ptr jpeg) { (void)jpeg; }

// Doubles the capacity of the sink, which is full.
static boolean grow_sink(j_compress_ptr jpeg) {
  sink *to = (sink *)jpeg->dest;
  const size_t added = to->capacity > 0 ? to->capacity : 1 << 16;
  uint8_t *grown = realloc(to->bytes, to->capacity + added);
  if (!grown) fail((report *)jpeg->err, cjpeg_damaged, "out of memory");
  to->bytes = grown;
  to->manager.next_output_byte = grown + to->capacity;
  to->manager.free_in_buffer = added;
  to->capacity += added;
  return TRUE;
}

static void end_sink(j_compress_ptr jpeg) { (void)jpeg; }

static void configure(j_compress_ptr jpeg, uint32_t width, uint32_t height, int channel_count, int quality) {
  jpeg->image_width = width;
  jpeg->image_height = height;
  jpeg->input_components = channel_count;
  jpeg->in_color_space = channel_count == 1 ? JCS_GRAYSCALE : JCS_RGB;
  jpeg_set_defaults(jpeg);
  jpeg_set_quality(jpeg, quality, TRUE);
  // The fast transform is accurate enough below this quality (libjpeg-turbo's TurboJPEG API uses the same threshold).
  jpeg->dct_method = quality < 96 ? JDCT_FASTEST : JDCT_ISLOW;
  jpeg->comp_info[0].h_samp_factor = 1;
  jpeg->comp_info[0].v_samp_factor = 1;
}

uint8_t *cjpeg_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int channel_count, int quality, size_t *encoded_count,
  char *error, size_t error_size) {
  report problem = {.text = error, .size = error_size};
  sink to = {.manager = {
               .init_destination = begin_sink, .empty_output_buffer = grow_sink, .term_destination = end_sink}};
  struct jpeg_compress_struct jpeg = {.err = prepare(&problem)};
  if (setjmp(problem.end) != 0) {
    jpeg_destroy_compress(&jpeg);
    free(to.bytes);
    return NULL;
  }
  jpeg_create_compress(&jpeg);
  jpeg.dest = &to.manager;
  grow_sink(&jpeg);
  configure(&jpeg, width, height, channel_count, quality);
  jpeg_start_compress(&jpeg, TRUE);
  const size_t stride = (size_t)width * (size_t)channel_count;
  while (jpeg.next_scanline < height) {
    JSAMPROW row = (JSAMPROW)(pixels + jpeg.next_scanline * stride);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  *encoded_count = to.capacity - to.manager.free_in_buffer;
  jpeg_destroy_compress(&jpeg);
  return to.bytes;
}

void cjpeg_free(uint8_t *encoded) { free(encoded); }
