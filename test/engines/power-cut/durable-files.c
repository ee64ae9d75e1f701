/*
 * Simulates a power cut for one program, without root and without a virtual disk.
 *
 * The kernel's page cache survives a killed process, so `kill -9` proves nothing about durability. Preloaded into a
 * process, this library copies a file of POWER_CUT_LIVE to POWER_CUT_DURABLE at every successful fsync or fdatasync, and
 * removes deleted files from there when the folder is synced. After the kill, POWER_CUT_DURABLE holds the minimum that a
 * disk would hold: what the process had asked to be made durable.
 *
 *   cc -shared -fPIC -O2 -o durable-files.so durable-files.c -ldl
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

typedef int (*sync_call)(int);

static int copy_to(int from, const char *to) {
  char block[1 << 14];
  int out = open(to, O_WRONLY | O_CREAT | O_TRUNC, 0600);
  if (out < 0) return -1;
  off_t at = 0;
  for (;;) {
    ssize_t got = pread(from, block, sizeof block, at);
    if (got < 0) break;
    if (got == 0) return close(out);
    if (write(out, block, (size_t)got) != got) break;
    at += got;
  }
  close(out);
  return -1;
}

/* A deletion becomes durable when the folder is synced. */
static void remove_deleted(const char *live, const char *durable) {
  DIR *folder = opendir(durable);
  if (folder == NULL) return;
  for (struct dirent *entry; (entry = readdir(folder)) != NULL;) {
    char there[PATH_MAX], copy[PATH_MAX];
    snprintf(there, sizeof there, "%s/%s", live, entry->d_name);
    snprintf(copy, sizeof copy, "%s/%s", durable, entry->d_name);
    if (access(there, F_OK) != 0 && strstr(entry->d_name, ".unfinished-") == NULL) unlink(copy);
  }
  closedir(folder);
}

static void copy_durable(int fd) {
  const char *live = getenv("POWER_CUT_LIVE");
  const char *durable = getenv("POWER_CUT_DURABLE");
  if (live == NULL || durable == NULL) return;

  char link[64], path[PATH_MAX], unfinished[PATH_MAX], finished[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return;
  path[length] = '\0';
  size_t folder = strlen(live);
  if (strcmp(path, live) == 0) return remove_deleted(live, durable);
  if (strncmp(path, live, folder) != 0 || path[folder] != '/' || strchr(path + folder + 1, '/') != NULL) return;

  snprintf(finished, sizeof finished, "%s/%s", durable, path + folder + 1);
  snprintf(unfinished, sizeof unfinished, "%s.unfinished-%d", finished, (int)gettid());
  /* A new descriptor for reading: SQLite's own descriptor may be positioned or write-only. */
  int readable = open(path, O_RDONLY);
  if (readable < 0) return;
  if (copy_to(readable, unfinished) == 0) rename(unfinished, finished);
  close(readable);
}

static int sync_and_copy(const char *name, int fd) {
  sync_call real = (sync_call)dlsym(RTLD_NEXT, name);
  int result = real(fd);
  if (result == 0) copy_durable(fd);
  return result;
}

int fsync(int fd) { return sync_and_copy("fsync", fd); }
int fdatasync(int fd) { return sync_and_copy("fdatasync", fd); }
