#include <libpq-fe.h>

/* Swift's Glibc module lacks these; the reactor that drives libpq waits with them. */
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

/* glibc declares it only with _GNU_SOURCE, which a module map can't set. */
int pthread_setname_np(pthread_t thread, const char *name);
