/* S6: one loop for each operation, from arrays that are there into one that is there. */
#include "common.h"

typedef struct {
    const float *a, *b, *c;
    float *out;
    long size;
    void (*part)(const float *a, const float *b, const float *c, float *restrict out, long first, long last, long size);
} Work;

/* The columns of the matrices, and the elements of a piece of work: whole rows, sixteen at a time. */
enum { WIDTH = 100, PIECE = 16 * WIDTH };

#define PART(name)                                                                                       \
    static void name(const float *a, const float *b, const float *c, float *restrict out, long first, \
                     long last, long size)

PART(multiply_add) {
    for (long i = first; i < last; i++) out[i] = a[i] * b[i] + c[i];
}

/* 2^k e^r with |r| <= ln 2 / 2, where a polynomial is within 2e-7 of e^r (coefficients of Cephes' expf). */
static inline float exponential(float x) {
    x = fminf(fmaxf(x, -87.0f), 88.0f);
    float k = rintf(x * 1.44269504f), r = x - k * 0.693359375f + k * 2.12194440e-4f;
    float p = 1.9875691500e-4f;
    p = p * r + 1.3981999507e-3f;
    p = p * r + 8.3334519073e-3f;
    p = p * r + 4.1665795894e-2f;
    p = p * r + 1.6666665459e-1f;
    p = p * r + 5.0000001201e-1f;
    union {
        int bits;
        float number;
    } power = {((int)k + 127) << 23};
    return (p * (r * r) + r + 1) * power.number;
}

PART(exponentials) {
    for (long i = first; i < last; i++) out[i] = exponential(a[i]);
}

PART(sum) {
    float total = 0;
    for (long i = first; i < last; i++) total += a[i];
    out[first] = total;
}

PART(softmax) {
    for (long row = first; row < last; row += WIDTH) {
        float most = a[row], total = 0;
        for (int j = 1; j < WIDTH; j++) most = fmaxf(most, a[row + j]);
        for (int j = 0; j < WIDTH; j++) total += out[row + j] = exponential(a[row + j] - most);
        for (int j = 0; j < WIDTH; j++) out[row + j] /= total;
    }
}

PART(bias) {
    for (long row = first; row < last; row += WIDTH)
        for (int j = 0; j < WIDTH; j++) out[row + j] = a[row + j] + b[j];
}

/* In squares of 16 by 16, so that what is read and what is written stays in cache lines that are held. */
PART(transpose) {
    long rows = size / WIDTH, end = last / WIDTH;
    for (long top = first / WIDTH; top < end; top += 16)
        for (int left = 0; left < WIDTH; left += 16)
            for (int j = left; j < left + 16 && j < WIDTH; j++)
                for (long i = top; i < top + 16 && i < end; i++) out[j * rows + i] = a[i * WIDTH + j];
}

static int threads;

/* Threads are worth waking for what does not fit the caches. */
static void run(void *with) {
    Work *w = with;
    if (threads == 1 || w->size < 1000000) {
        w->part(w->a, w->b, w->c, w->out, 0, w->size, w->size);
        return;
    }
#pragma omp parallel num_threads(threads)
    {
        long share = (w->size / threads + PIECE - 1) / PIECE * PIECE, first = omp_get_thread_num() * share;
        long last = first + share < w->size ? first + share : w->size;
        if (first < last) w->part(w->a, w->b, w->c, w->out, first, last, w->size);
    }
}

int main(void) {
    threads = atoi(setting("BENCH_THREADS"));
    char *cases = strdup(setting("BENCH_CASES"));
    for (char *text = strtok(cases, ","); text; text = strtok(NULL, ",")) {
        long size = atol(text);
        struct {
            const char *name;
            int bytes;
            void *part;
        } all[] = {{"a*b+c", 16, multiply_add}, {"exp", 8, exponentials}, {"sum", 4, sum},
                   {"softmax", 8, softmax},     {"bias", 8, bias},        {"transpose", 8, transpose}};
        Work work = {noise(size), noise(size), noise(size), room(size * 4), size, NULL};
        for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
            char name[64];
            snprintf(name, sizeof name, "%s %ld", all[i].name, size);
            work.part = all[i].part;
            report("S6", name, "in place", all[i].bytes * size / seconds(run, &work) * 1e-9, "GB/s", NULL);
        }
    }
}
