#ifndef MARQUEE_CUTF8Proc_H
#define MARQUEE_CUTF8Proc_H

#include <utf8proc.h>

#endif
