/*
 * Simulates a slow disk. Preloaded into a process, this library makes every fsync and fdatasync take SLOW_SYNC_MS
 * milliseconds longer.
 *
 *   cc -shared -fPIC -O2 -o slow.so slow.c -ldl
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

typedef int (*sync_call)(int);

static int sync_slowly(const char *name, int fd) {
  const char *setting = getenv("SLOW_SYNC_MS");
  long ms = setting == NULL ? 0 : atol(setting);
  struct timespec pause = {ms / 1000, ms % 1000 * 1000000};
  nanosleep(&pause, NULL);
  return ((sync_call)dlsym(RTLD_NEXT, name))(fd);
}

int fsync(int fd) { return sync_slowly("fsync", fd); }
int fdatasync(int fd) { return sync_slowly("fdatasync", fd); }
