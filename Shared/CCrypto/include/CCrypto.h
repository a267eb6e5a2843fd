#ifndef MARQUEE_CCrypto_H
#define MARQUEE_CCrypto_H

#include <openssl/err.h>
#include <openssl/evp.h>

#endif
