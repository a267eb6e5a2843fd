/* Preloaded into a service: a disk and a clock that a test can spoil while the service runs.
 *
 * The file $TROUBLE/<name of the program> says how: eight bytes for what the disk does to databases, eight for the
 * milliseconds that the wall clock is off, both as the machine writes integers. Without it nothing is spoilt.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

enum { GOOD, FULL, READ_ONLY, FAILING_WRITES, FAILING_SYNCS, FORGOTTEN_SYNCS };
struct trouble { volatile int64_t disk, clock_milliseconds; };

static const struct trouble none;
static const struct trouble *trouble = &none;

__attribute__((constructor)) static void find_trouble(void) {
    const char *directory = getenv("TROUBLE");
    char path[4096];
    if (!directory) return;
    snprintf(path, sizeof path, "%s/%s", directory, program_invocation_short_name);
    int file = syscall(SYS_openat, AT_FDCWD, path, O_RDONLY | O_CLOEXEC, 0);
    if (file < 0) return;
    void *page = mmap(NULL, sizeof *trouble, PROT_READ, MAP_SHARED, file, 0);
    if (page != MAP_FAILED) trouble = page;
    close(file);
}

static int is_database(const char *path) { return strstr(path, ".db") != NULL; }

static int is_of_database(int file) {
    char name[64], path[4096];
    snprintf(name, sizeof name, "/proc/self/fd/%d", file);
    ssize_t length = readlink(name, path, sizeof path - 1);
    if (length < 0) return 0;
    path[length] = 0;
    return is_database(path);
}

/* The error that a write to the file meets; 0 for none. */
static int refusal(int file) {
    int64_t disk = trouble->disk;
    if (disk < FULL || disk > FAILING_WRITES || !is_of_database(file)) return 0;
    return disk == FULL ? ENOSPC : disk == READ_ONLY ? EROFS : EIO;
}

#define REAL(type, name, ...)                                                    \
    static type (*real)(__VA_ARGS__);                                            \
    if (!real) real = (type(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

#define REFUSE_WRITES(type, function, parameters, arguments, ...)                \
    type function parameters {                                                   \
        REAL(type, #function, __VA_ARGS__);                                      \
        int code = refusal(file);                                                \
        if (code) return errno = code, -1;                                       \
        return real arguments;                                                   \
    }

REFUSE_WRITES(ssize_t, write, (int file, const void *bytes, size_t count), (file, bytes, count), int, const void *, size_t)
REFUSE_WRITES(ssize_t, pwrite, (int file, const void *bytes, size_t count, off_t at), (file, bytes, count, at), int,
              const void *, size_t, off_t)
REFUSE_WRITES(ssize_t, pwrite64, (int file, const void *bytes, size_t count, off64_t at), (file, bytes, count, at), int,
              const void *, size_t, off64_t)

/* A full disk lets go of what it has. */
#define REFUSE_CUTS(function, offset)                                            \
    int function(int file, offset length) {                                      \
        REAL(int, #function, int, offset);                                       \
        int code = refusal(file);                                                \
        if (code && code != ENOSPC) return errno = code, -1;                     \
        return real(file, length);                                               \
    }

REFUSE_CUTS(ftruncate, off_t)
REFUSE_CUTS(ftruncate64, off64_t)

#define SPOIL_SYNC(function)                                                     \
    int function(int file) {                                                     \
        REAL(int, #function, int);                                               \
        int64_t disk = trouble->disk;                                            \
        if (disk == FAILING_SYNCS && is_of_database(file)) return errno = EIO, -1; \
        return disk == FORGOTTEN_SYNCS ? 0 : real(file);                         \
    }

SPOIL_SYNC(fsync)
SPOIL_SYNC(fdatasync)

static int open_refused(const char *path, int flags) {
    int64_t disk = trouble->disk;
    if (!is_database(path) || (flags & O_ACCMODE) == O_RDONLY) return 0;
    return disk == READ_ONLY ? EROFS : disk == FULL && flags & O_CREAT && access(path, F_OK) != 0 ? ENOSPC : 0;
}

#define REFUSE_OPENING(function)                                                 \
    int function(const char *path, int flags, ...) {                             \
        REAL(int, #function, const char *, int, ...);                            \
        va_list more;                                                            \
        va_start(more, flags);                                                   \
        mode_t mode = flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0;  \
        va_end(more);                                                            \
        int code = open_refused(path, flags);                                    \
        if (code) return errno = code, -1;                                       \
        return real(path, flags, mode);                                          \
    }

REFUSE_OPENING(open)
REFUSE_OPENING(open64)

int access(const char *path, int mode) {
    REAL(int, "access", const char *, int);
    if (mode & W_OK && trouble->disk == READ_ONLY && is_database(path)) return errno = EROFS, -1;
    return real(path, mode);
}

int clock_gettime(clockid_t clock, struct timespec *now) {
    REAL(int, "clock_gettime", clockid_t, struct timespec *);
    int status = real(clock, now);
    int64_t off = trouble->clock_milliseconds;
    if (status == 0 && off && (clock == CLOCK_REALTIME || clock == CLOCK_REALTIME_COARSE)) {
        int64_t nanoseconds = now->tv_nsec + off % 1000 * 1000000;
        now->tv_sec += off / 1000 + (nanoseconds >= 1000000000) - (nanoseconds < 0);
        now->tv_nsec = (nanoseconds + 1000000000) % 1000000000;
    }
    return status;
}

int gettimeofday(struct timeval *restrict now, void *restrict zone) {
    struct timespec precise;
    (void)zone;
    if (clock_gettime(CLOCK_REALTIME, &precise) != 0) return -1;
    now->tv_sec = precise.tv_sec;
    now->tv_usec = precise.tv_nsec / 1000;
    return 0;
}

time_t time(time_t *at) {
    struct timespec precise;
    if (clock_gettime(CLOCK_REALTIME, &precise) != 0) return -1;
    if (at) *at = precise.tv_sec;
    return precise.tv_sec;
}
