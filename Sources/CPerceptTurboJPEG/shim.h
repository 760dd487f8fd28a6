// The TurboJPEG interface of libjpeg-turbo (Debian: libturbojpeg0-dev).
#include <turbojpeg.h>
