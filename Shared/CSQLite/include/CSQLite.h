#ifndef MARQUEE_CSQLite_H
#define MARQUEE_CSQLite_H

#include <sqlite3.h>
#include <stddef.h>

// Swift can't call C variadics, nor see macros that cast: these are the few that are needed.

/// SQLite copies the bytes before it returns (SQLITE_TRANSIENT), so that nothing of Swift's has to stay in place.
/// Without an address it would bind NULL, and no bytes at all may have none.
static inline int csqlite_bind_text(sqlite3_stmt *statement, int index, const unsigned char *bytes, size_t count) {
    return sqlite3_bind_text64(statement, index, count ? (const char *)bytes : "", count, SQLITE_TRANSIENT, SQLITE_UTF8);
}

static inline int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, size_t count) {
    return sqlite3_bind_blob64(statement, index, count ? bytes : "", count, SQLITE_TRANSIENT);
}

/// One of the SQLITE_DBCONFIG_… switches that take an int.
static inline int csqlite_switch(sqlite3 *database, int option, int on) {
    return sqlite3_db_config(database, option, on, NULL);
}

/// Turns off the process-wide count of allocated bytes: it costs one global lock for every allocation.
/// To be called before the first connection is opened.
static inline int csqlite_omit_memory_statistics(void) { return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

// The extended result codes are macros that compute: https://sqlite.org/rescode.html
static const int csqlite_ioerr_nomem = SQLITE_IOERR_NOMEM;
static const int csqlite_constraint_check = SQLITE_CONSTRAINT_CHECK;
static const int csqlite_constraint_datatype = SQLITE_CONSTRAINT_DATATYPE;
static const int csqlite_constraint_foreignkey = SQLITE_CONSTRAINT_FOREIGNKEY;
static const int csqlite_constraint_notnull = SQLITE_CONSTRAINT_NOTNULL;
static const int csqlite_constraint_primarykey = SQLITE_CONSTRAINT_PRIMARYKEY;
static const int csqlite_constraint_rowid = SQLITE_CONSTRAINT_ROWID;
static const int csqlite_constraint_trigger = SQLITE_CONSTRAINT_TRIGGER;
static const int csqlite_constraint_unique = SQLITE_CONSTRAINT_UNIQUE;

#endif
