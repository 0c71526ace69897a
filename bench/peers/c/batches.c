/* S8: rows gathered by their indices, into a buffer that is used again, and into memory that is new each time. */
#include "common.h"

enum { ROWS = 1000000, WIDTH = 100, BATCH = 256, AHEAD = 8 };

static const float *x, *y;
static const int *order;

static void gather(float *features, float *labels, int first, int last) {
    for (int k = 0; k < BATCH; k++) {
        int row = order[first + k];
        if (first + k + AHEAD < last) {
            const char *next = (const char *)(x + (size_t)order[first + k + AHEAD] * WIDTH);
            for (int c = 0; c < 448; c += 64) __builtin_prefetch(next + c);
        }
        memcpy(features + k * WIDTH, x + (size_t)row * WIDTH, WIDTH * 4);
        labels[k] = y[row];
    }
    __asm__ volatile("" : : "r"(features), "r"(labels) : "memory");
}

int main(void) {
    x = data("linear_x", (size_t)ROWS * WIDTH), y = data("linear_y", ROWS);
    int last = ROWS / BATCH * BATCH;
    order = data("linear_order", last);
    float *features = room(BATCH * WIDTH * 4), labels[BATCH];
    for (int round = 0; round < 2; round++) {
        double start = now();
        for (int first = 0; first < last; first += BATCH) gather(features, labels, first, last);
        if (round) report("S8", "epoch", "buffer used again", last / (now() - start), "rows/s", NULL);
    }
    for (int round = 0; round < 2; round++) {
        double start = now();
        for (int first = 0; first < last; first += BATCH) {
            float *fresh = malloc(BATCH * WIDTH * 4);
            gather(fresh, labels, first, last);
            free(fresh);
        }
        if (round) report("S8", "epoch", "fresh memory", last / (now() - start), "rows/s", NULL);
    }
}
