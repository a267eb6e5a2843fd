#ifndef MARQUEE_CSodium_H
#define MARQUEE_CSodium_H

#include <sodium.h>

#endif
