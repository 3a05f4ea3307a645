/* table - the applets of this program, sorted by name */
#include <stddef.h>

#include "cli/applet.h"

/* The Makefile makes APPLETS out of the names in src. */
#define X(name_) extern const struct applet name_##_applet;
APPLETS
#undef X

#define X(name_) &name_##_applet,
const struct applet *const applets[] = { APPLETS NULL };
#undef X
