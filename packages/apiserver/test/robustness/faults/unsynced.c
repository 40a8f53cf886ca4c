/*
 * Preloaded into the server: keeps, of each write to its database, what was there before, until the file is synced. When
 * the process is killed, what is left in the journals undoes exactly those writes that a power cut may lose.
 *
 * UNSYNCED_JOURNALS names the directory of the journals, one for each file. A journal is a sequence of records: offset of
 * the write, size of the file before it, length of what follows (three 64-bit numbers), the bytes that were there.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define MAX_FD 4096
#define REAL(name) ((__typeof__(&name))real(#name))

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
/* Descriptor of the journal of each open database file, plus one. */
static int journals[MAX_FD];

static void *real(const char *name) {
  void *found = dlsym(RTLD_NEXT, name);
  if (found == NULL) abort();
  return found;
}

static int journal_of(int fd) { return fd >= 0 && fd < MAX_FD ? journals[fd] - 1 : -1; }

static int opened(int fd, const char *path) {
  const char *directory = getenv("UNSYNCED_JOURNALS");
  const char *slash = path == NULL ? NULL : strrchr(path, '/');
  if (fd < 0 || fd >= MAX_FD || directory == NULL || slash == NULL) return fd;
  if (strcmp(slash, "/state.sqlite") != 0 && strcmp(slash, "/state.sqlite-wal") != 0) return fd;
  char journal[4096];
  snprintf(journal, sizeof journal, "%s%s", directory, slash);
  int kept = REAL(open)(journal, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (kept < 0) abort();
  journals[fd] = kept + 1;
  return fd;
}

/* Writes a record whole or not at all. */
static int append(int journal, const char *record, size_t length) {
  struct stat before;
  if (fstat(journal, &before) != 0) abort();
  if (REAL(write)(journal, record, length) == (ssize_t)length) return 0;
  int why = errno == 0 ? EFBIG : errno;
  if (REAL(ftruncate64)(journal, before.st_size) != 0) abort();
  errno = why;
  return -1;
}

/* Keeps what is in a file from an offset on. What cannot be kept must not be written: the result is that of a failed write. */
static int keep(int fd, uint64_t offset, uint64_t length) {
  int journal = journal_of(fd);
  if (journal < 0) return 0;
  pthread_mutex_lock(&lock);
  struct stat status;
  if (fstat(fd, &status) != 0) abort();
  uint64_t size = (uint64_t)status.st_size;
  uint64_t there = offset >= size ? 0 : size - offset < length ? size - offset : length;
  char *record = malloc(24 + there);
  if (record == NULL) abort();
  memcpy(record, &offset, 8);
  memcpy(record + 8, &size, 8);
  memcpy(record + 16, &there, 8);
  if (there > 0 && REAL(pread64)(fd, record + 24, there, (off64_t)offset) != (ssize_t)there) abort();
  errno = 0;
  int kept = append(journal, record, 24 + there);
  free(record);
  pthread_mutex_unlock(&lock);
  return kept;
}

/* A disk takes its time, in which the power can be cut. */
static void take_time(int fd) {
  if (journal_of(fd) >= 0) usleep(4000);
}

static int synced(int fd, int result) {
  int journal = journal_of(fd);
  if (result == 0 && journal >= 0 && REAL(ftruncate64)(journal, 0) != 0) abort();
  return result;
}

static mode_t mode_of(int flags, va_list arguments) {
  return (flags & (O_CREAT | O_TMPFILE)) != 0 ? va_arg(arguments, mode_t) : 0;
}

int open(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return opened(REAL(open)(path, flags, mode), path);
}

int open64(const char *path, int flags, ...) {
  va_list arguments;
  va_start(arguments, flags);
  mode_t mode = mode_of(flags, arguments);
  va_end(arguments);
  return opened(REAL(open64)(path, flags, mode), path);
}

int close(int fd) {
  int journal = journal_of(fd);
  if (journal >= 0) {
    journals[fd] = 0;
    REAL(close)(journal);
  }
  return REAL(close)(fd);
}

ssize_t write(int fd, const void *bytes, size_t length) {
  if (journal_of(fd) >= 0 && keep(fd, (uint64_t)lseek(fd, 0, SEEK_CUR), length) != 0) return -1;
  return REAL(write)(fd, bytes, length);
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  if (keep(fd, (uint64_t)offset, length) != 0) return -1;
  return REAL(pwrite64)(fd, bytes, length, offset);
}

int ftruncate64(int fd, off64_t length) {
  if (keep(fd, (uint64_t)length, UINT64_MAX) != 0) return -1;
  return REAL(ftruncate64)(fd, length);
}

int fsync(int fd) {
  take_time(fd);
  return synced(fd, REAL(fsync)(fd));
}

int fdatasync(int fd) {
  take_time(fd);
  return synced(fd, REAL(fdatasync)(fd));
}
