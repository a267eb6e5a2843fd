#ifndef MARQUEE_CJansson_H
#define MARQUEE_CJansson_H

#include <jansson.h>

#endif
