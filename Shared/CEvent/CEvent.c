#define _GNU_SOURCE
#include <pthread.h>

#include "CEvent.h"

// Swift has no thread-local storage, and a pthread key costs a call into libc on every read.
static _Thread_local void *current_loop;

void *marquee_current_loop(void) { return current_loop; }
void marquee_set_current_loop(void *loop) { current_loop = loop; }
void marquee_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
