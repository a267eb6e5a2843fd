/* Preloaded into a command: ends it, as `kill -9` does, before the $DIE_AT-th time that it changes a name in a directory;
   or refuses it the $REFUSE_AT-th, and says so. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static int is_at(const char *variable, int count) {
    const char *at = getenv(variable);
    return at && count == atoi(at);
}

static int is_refused(void) {
    static int count;
    count++;
    if (is_at("DIE_AT", count)) kill(getpid(), SIGKILL);
    if (!is_at("REFUSE_AT", count)) return 0;
    static const char told[] = "a name was refused\n";
    if (write(2, told, sizeof told - 1) < 0) abort();
    errno = EIO;
    return 1;
}

int rename(const char *from, const char *to) {
    if (is_refused()) return -1;
    return ((int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename"))(from, to);
}

int link(const char *from, const char *to) {
    if (is_refused()) return -1;
    return ((int (*)(const char *, const char *))dlsym(RTLD_NEXT, "link"))(from, to);
}

int unlink(const char *path) {
    if (is_refused()) return -1;
    return ((int (*)(const char *))dlsym(RTLD_NEXT, "unlink"))(path);
}
