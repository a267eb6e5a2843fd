#ifndef MARQUEE_CEvent_H
#define MARQUEE_CEvent_H

// Before libevent's headers: its configuration turns GNU extensions on, which would give this module another fd_set
// than Glibc's has.
#include <sys/types.h>

#include <event2/buffer.h>
#include <event2/bufferevent.h>
#include <event2/event.h>
#include <event2/http.h>
#include <event2/http_struct.h>
#include <event2/keyvalq_struct.h>
#include <event2/listener.h>
#include <event2/thread.h>

/// The Swift object of the loop that owns this thread, unretained; NULL on any other thread.
void *marquee_current_loop(void);
void marquee_set_current_loop(void *loop);
/// Names the calling thread for `ps` and debuggers; 15 bytes at most.
void marquee_name_thread(const char *name);

#endif
