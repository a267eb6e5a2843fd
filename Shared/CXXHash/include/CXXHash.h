#ifndef MARQUEE_CXXHash_H
#define MARQUEE_CXXHash_H

#include <xxhash.h>

#endif
