/* What the C programs share: the data, the clock, the line of JSON that they print. */
#ifndef COMMON_H
#define COMMON_H

#include <math.h>
#include <omp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static inline const char *setting(const char *name) {
    const char *value = getenv(name);
    if (!value) {
        fprintf(stderr, "%s is not set: run `cargo xtask bench --peers`\n", name);
        exit(1);
    }
    return value;
}

static inline void *room(size_t bytes) {
    void *memory;
    if (posix_memalign(&memory, 64, bytes)) abort();
    memset(memory, 0, bytes);
    return memory;
}

/* The whole of one of the data files. */
static inline void *data(const char *name, size_t count) {
    char path[4096];
    snprintf(path, sizeof path, "%s/%s", setting("BENCH_DATA"), name);
    FILE *file = fopen(path, "rb");
    void *numbers = room(count * 4);
    if (!file || fread(numbers, 4, count, file) != count) {
        fprintf(stderr, "%s cannot be read\n", path);
        exit(1);
    }
    fclose(file);
    return numbers;
}

static inline double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec + 1e-9 * time.tv_nsec;
}

static inline void report(const char *workload, const char *case_, const char *variant, double figure,
                          const char *unit, const double *check) {
    char number[32] = "null";
    if (check) snprintf(number, sizeof number, "%.8e", *check);
    printf("{\"workload\":\"%s\",\"case\":\"%s\",\"peer\":\"C by hand\",\"variant\":\"%s\",\"version\":\"gcc %s\","
           "\"threads\":%s,\"figure\":%.8e,\"unit\":\"%s\",\"check\":%s}\n",
           workload, case_, variant, __VERSION__, setting("BENCH_THREADS"), figure, unit, number);
}

static inline int by_number(const void *a, const void *b) {
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static inline double series(void (*call)(void *), void *with, long count) {
    double start = now();
    for (long i = 0; i < count; i++) call(with);
    return (now() - start) / count;
}

/* The seconds that one call takes: the median of five series of calls of at least 20 ms each. */
static inline double seconds(void (*call)(void *), void *with) {
    series(call, with, 1);
    double once = series(call, with, 1), times[5];
    long count = 1 + (long)(0.02 / (once > 1e-8 ? once : 1e-8));
    for (int i = 0; i < 5; i++) times[i] = series(call, with, count);
    qsort(times, 5, sizeof *times, by_number);
    return times[2];
}

/* Numbers in [0, 1) without a meaning. */
static inline float *noise(size_t count) {
    unsigned state = 12345;
    float *numbers = room(count * sizeof *numbers);
    for (size_t i = 0; i < count; i++) {
        state = state * 1664525u + 1013904223u;
        numbers[i] = (state >> 8) / 16777216.0f;
    }
    return numbers;
}

#endif
