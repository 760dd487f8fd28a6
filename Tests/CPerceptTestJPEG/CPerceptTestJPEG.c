#include "CPerceptTestJPEG.h"

#include <stdio.h>

#include <jpeglib.h>

static const jpeg_scan_info separate_scans[] = {
  {1, {0}, 0, 63, 0, 0}, {1, {1}, 0, 63, 0, 0}, {1, {2}, 0, 63, 0, 0}, {1, {3}, 0, 63, 0, 0}};

uint8_t *test_jpeg_encode(
  const uint8_t *pixels, uint32_t width, uint32_t height, int channel_count, const test_jpeg_kind *kind, size_t *count) {
  struct jpeg_error_mgr errors;
  struct jpeg_compress_struct jpeg = {.err = jpeg_std_error(&errors)};
  unsigned char *bytes = NULL;
  unsigned long length = 0;
  jpeg_create_compress(&jpeg);
  jpeg_mem_dest(&jpeg, &bytes, &length);
  jpeg.image_width = width;
  jpeg.image_height = height;
  jpeg.input_components = channel_count;
  jpeg.in_color_space = channel_count == 1 ? JCS_GRAYSCALE : channel_count == 3 ? JCS_RGB : JCS_CMYK;
  jpeg_set_defaults(&jpeg);
  jpeg_set_quality(&jpeg, kind->quality, TRUE);
  jpeg.arith_code = kind->is_arithmetic;
  if (kind->has_separate_scans) {
    jpeg.scan_info = separate_scans;
    jpeg.num_scans = channel_count;
  }
  if (kind->is_progressive) jpeg_simple_progression(&jpeg);
  for (int i = 0; i < channel_count; i++) {
    jpeg.comp_info[i].h_samp_factor = kind->sampling[2 * i];
    jpeg.comp_info[i].v_samp_factor = kind->sampling[2 * i + 1];
  }
  jpeg_start_compress(&jpeg, TRUE);
  while (jpeg.next_scanline < height) {
    JSAMPROW row = (JSAMPROW)(pixels + (size_t)jpeg.next_scanline * width * (size_t)channel_count);
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  jpeg_destroy_compress(&jpeg);
  *count = length;
  return bytes;
}
