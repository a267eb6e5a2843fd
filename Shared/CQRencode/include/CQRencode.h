#ifndef MARQUEE_CQRencode_H
#define MARQUEE_CQRencode_H

#include <qrencode.h>

#endif
