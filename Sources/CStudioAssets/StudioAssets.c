#include "CStudioAssets.h"

// The compiler takes the files in as they are; a resource bundle would be a second thing to install.
#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char style[] = {
#embed "page/studio.css"
};
static const unsigned char studio[] = {
#embed "page/studio.js"
};
static const unsigned char film[] = {
#embed "page/film.js"
};
static const unsigned char ask[] = {
#embed "page/ask.js"
};

static const cstudio_asset assets[] = {
    {"studio.css", style, sizeof style},
    {"studio.js", studio, sizeof studio},
    {"film.js", film, sizeof film},
    {"ask.js", ask, sizeof ask},
};

const size_t cstudio_asset_count = sizeof assets / sizeof *assets;

cstudio_asset cstudio_asset_at(size_t index) { return assets[index]; }
