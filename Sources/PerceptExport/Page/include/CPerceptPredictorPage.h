// The embedded files of the page that percept export writes.
#ifndef CPERCEPTPREDICTORPAGE_H
#define CPERCEPTPREDICTORPAGE_H

#include <stddef.h>

// Each file: its bytes and their number.
extern const unsigned char *const cpercept_predictor_script_start;
extern const size_t cpercept_predictor_script_count;
extern const unsigned char *const cpercept_predictor_style_start;
extern const size_t cpercept_predictor_style_count;

// A PNG file of 31 x 23 pixels with transparency and with a gamma that is not that of screens. percept ignores the gamma.
extern const unsigned char *const cpercept_predictor_png_start;
extern const size_t cpercept_predictor_png_count;

#endif
