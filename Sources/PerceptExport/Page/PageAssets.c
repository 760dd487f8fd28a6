#include "CPerceptPredictorPage.h"

// Embeds the files unchanged. A resource bundle would have to be installed in addition to the program.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char script[] = {
#embed "predictor.js"
};
static const unsigned char style[] = {
#embed "predictor.css"
};
static const unsigned char png[] = {
#embed "transparent.png"
};

const unsigned char *const cpercept_predictor_script_start = script;
const size_t cpercept_predictor_script_count = sizeof script;
const unsigned char *const cpercept_predictor_style_start = style;
const size_t cpercept_predictor_style_count = sizeof style;
const unsigned char *const cpercept_predictor_png_start = png;
const size_t cpercept_predictor_png_count = sizeof png;
