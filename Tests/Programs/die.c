/* Preloaded into a command: ends it, as `kill -9` does, before the $DIE_AT-th time that it changes a name in a directory. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

static void step(void) {
    static int count;
    const char *at = getenv("DIE_AT");
    if (at && ++count == atoi(at)) kill(getpid(), SIGKILL);
}

int rename(const char *from, const char *to) {
    step();
    return ((int (*)(const char *, const char *))dlsym(RTLD_NEXT, "rename"))(from, to);
}

int link(const char *from, const char *to) {
    step();
    return ((int (*)(const char *, const char *))dlsym(RTLD_NEXT, "link"))(from, to);
}

int unlink(const char *path) {
    step();
    return ((int (*)(const char *))dlsym(RTLD_NEXT, "unlink"))(path);
}
