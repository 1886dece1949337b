/*
 * Calls that are executed and whose answer is lost: preloaded into a command, it makes rename, link, unlink, mkdir, rmdir and
 * symlink on paths of the board say an error after they have succeeded, as a file server does that has died in between.
 *
 *   LOST_PATH   only calls that name a path which begins so
 *   LOST_WHEN   N: the N-th such call; 1/N: each with that chance; 0: none, they are only told
 *   LOST_AS     EIO, ETIMEDOUT, or again: what the repeated request says (ENOENT, EEXIST); any: one of them
 *   LOST_LOG    a file; a line for each call, `lost` in front of those that were lost
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static atomic_uint seen;

/* The error to tell for a call that has succeeded; 0: the truth. */
static int lost(const char *call, const char *one, const char *other, int repeated) {
  const char *path = getenv("LOST_PATH"), *when = getenv("LOST_WHEN"), *as = getenv("LOST_AS"), *log = getenv("LOST_LOG");
  if (!path || !when || !log) return 0;
  size_t length = strlen(path);
  const char *named = !strncmp(one, path, length) ? one : other && !strncmp(other, path, length) ? other : NULL;
  if (!named) return 0;
  unsigned nth = atomic_fetch_add(&seen, 1) + 1, chance = 0;
  unsigned mixed = (nth * 2654435761u) ^ ((unsigned)getpid() * 40503u);
  mixed ^= mixed >> 15, mixed *= 2246822519u, mixed ^= mixed >> 13;
  int is_lost = sscanf(when, "1/%u", &chance) == 1 ? mixed % chance == 0 : (unsigned)atoi(when) == nth;
  int error = repeated;
  if (as && !strcmp(as, "EIO")) error = EIO;
  else if (as && !strcmp(as, "ETIMEDOUT")) error = ETIMEDOUT;
  else if (as && !strcmp(as, "any")) error = mixed / 64 % 3 == 0 ? EIO : mixed / 64 % 3 == 1 ? ETIMEDOUT : repeated;
  int fd = open(log, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
  if (fd >= 0) {
    char line[1200];
    int size = snprintf(line, sizeof line, "%s%s %s %s\n", is_lost ? "lost " : "", call, strerrorname_np(error), named + length);
    if (size > 0 && write(fd, line, (size_t)size < sizeof line ? (size_t)size : sizeof line) < 0) abort();
    close(fd);
  }
  return is_lost ? error : 0;
}

#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

#define TELL(name, one, other, repeated) \
  if (result == 0) { \
    int error = lost(name, one, other, repeated); \
    if (error) errno = error, result = -1; \
  } \
  return result

int rename(const char *from, const char *to) {
  REAL(rename);
  int result = real(from, to);
  TELL("rename", from, to, ENOENT);
}

int link(const char *from, const char *to) {
  REAL(link);
  int result = real(from, to);
  TELL("link", from, to, EEXIST);
}

int symlink(const char *target, const char *path) {
  REAL(symlink);
  int result = real(target, path);
  TELL("symlink", path, NULL, EEXIST);
}

int unlink(const char *path) {
  REAL(unlink);
  int result = real(path);
  TELL("unlink", path, NULL, ENOENT);
}

int rmdir(const char *path) {
  REAL(rmdir);
  int result = real(path);
  TELL("rmdir", path, NULL, ENOENT);
}

int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  int result = real(path, mode);
  TELL("mkdir", path, NULL, EEXIST);
}
