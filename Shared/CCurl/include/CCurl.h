#ifndef MARQUEE_CCurl_H
#define MARQUEE_CCurl_H

#include <curl/curl.h>

#endif
