// Tells the thread sanitizer what Swift's Mutex does where two threads meet at it. Its fast path is inlined, and is seen;
// its slow path is in a library that the sanitizer has not been built into, so that every two threads which wait for one
// another there are called a race. Preloaded by .ci/sanitize, with Tests/Programs/race.swift for a control.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdint.h>

#define SWIFT __attribute__((swiftcall))
#define MUTEX __attribute__((swift_context)) void *mutex
#define LOCK "$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF"
#define UNLOCK "$s15Synchronization12_MutexHandleV11_unlockSlowyyF"

// Of a process that has the sanitizer; its children may not.
__attribute__((weak)) void __tsan_acquire(void *);
__attribute__((weak)) void __tsan_release(void *);

SWIFT void lock_slow(uint32_t thread, MUTEX) __asm__(LOCK);
SWIFT void unlock_slow(MUTEX) __asm__(UNLOCK);

SWIFT void lock_slow(uint32_t thread, MUTEX) {
    SWIFT void (*real)(uint32_t, MUTEX) = dlsym(RTLD_NEXT, LOCK);
    real(thread, mutex);
    if (__tsan_acquire) __tsan_acquire(mutex);
}

SWIFT void unlock_slow(MUTEX) {
    SWIFT void (*real)(MUTEX) = dlsym(RTLD_NEXT, UNLOCK);
    if (__tsan_release) __tsan_release(mutex);
    real(mutex);
}
