#include "CPerceptStudioPage.h"

// Embeds the files unchanged. A resource bundle would have to be installed in addition to the program.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char style[] = {
#embed "studio.css"
};
static const unsigned char studio[] = {
#embed "studio.js"
};
static const unsigned char weights[] = {
#embed "weights.js"
};
static const unsigned char ask[] = {
#embed "ask.js"
};
static const unsigned char copy[] = {
#embed "copy.js"
};
static const unsigned char features[] = {
#embed "features.js"
};
static const unsigned char montage[] = {
#embed "montage.js"
};
static const unsigned char photo[] = {
#embed "photo.js"
};
static const unsigned char correct[] = {
#embed "correct.js"
};
static const unsigned char tour[] = {
#embed "tour.js"
};

static const cpercept_asset assets[] = {
    {"studio.css", style, sizeof style},
    {"studio.js", studio, sizeof studio},
    {"weights.js", weights, sizeof weights},
    {"ask.js", ask, sizeof ask},
    {"copy.js", copy, sizeof copy},
    {"features.js", features, sizeof features},
    {"montage.js", montage, sizeof montage},
    {"photo.js", photo, sizeof photo},
    {"correct.js", correct, sizeof correct},
    {"tour.js", tour, sizeof tour},
};

const size_t cpercept_asset_count = sizeof assets / sizeof *assets;

cpercept_asset cpercept_asset_at(size_t index) { return assets[index]; }
