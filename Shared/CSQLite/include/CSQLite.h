#ifndef MARQUEE_CSQLite_H
#define MARQUEE_CSQLite_H

#include <sqlite3.h>

#endif
