/*
 * The loop that bench/native-calls.ts runs through the addon, in C: cheap calls on one connection for some seconds.
 * usage: calls URI SECONDS THREADS   prints calls per second
 */
#include <libvirt/libvirt.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static virConnectPtr connection;
static double deadline;

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *work(void *result) {
  long *calls = result;
  unsigned long version;
  while (now() < deadline) {
    if (virConnectGetLibVersion(connection, &version) < 0) exit(3);
    (*calls)++;
  }
  return NULL;
}

int main(int argc, char **argv) {
  if (argc != 4) return 2;
  const int threads = atoi(argv[3]);
  if (threads < 1 || threads > 256) return 2;
  virInitialize();
  connection = virConnectOpen(argv[1]);
  if (connection == NULL) return 3;
  pthread_t *ids = calloc((size_t)threads, sizeof *ids);
  long *calls = calloc((size_t)threads, sizeof *calls);
  if (ids == NULL || calls == NULL) return 3;
  const double begin = now();
  deadline = begin + atof(argv[2]);
  for (int i = 0; i < threads; i++) pthread_create(&ids[i], NULL, work, &calls[i]);
  long total = 0;
  for (int i = 0; i < threads; i++) {
    pthread_join(ids[i], NULL);
    total += calls[i];
  }
  printf("%.1f\n", (double)total / (now() - begin));
  virConnectClose(connection);
  free(ids);
  free(calls);
  return 0;
}
