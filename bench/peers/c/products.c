/* S5's limits: for a matrix product, the most fused multiply-adds that the cores can do in registers; for a matrix
 * times a vector, a plain loop over the rows. */
#include "common.h"

#if defined(__AVX512F__)
enum { BYTES = 64 };
#elif defined(__AVX2__)
enum { BYTES = 32 };
#else
enum { BYTES = 16 };
#endif

enum { CHAINS = 12 };

static int threads;

/* Both, for one type of numbers. The chains of multiply-adds are independent, enough to hide their latency. */
#define KIND(type)                                                                                            \
    typedef type vector_##type __attribute__((vector_size(BYTES)));                                           \
    static volatile type sink_##type;                                                                         \
                                                                                                              \
    static void chains_##type(void *rounds) {                                                                 \
        _Pragma("omp parallel num_threads(threads)") {                                                        \
            vector_##type sums[CHAINS], scale = {0}, shift = {0};                                             \
            scale += (type)0.999, shift += (type)0.001;                                                       \
            for (int i = 0; i < CHAINS; i++) sums[i] = shift * (type)i;                                           \
            for (long round = 0; round < *(long *)rounds; round++) {                                          \
                _Pragma("GCC unroll 12") for (int i = 0; i < CHAINS; i++) sums[i] = sums[i] * scale + shift;  \
                __asm__ volatile("" : "+v"(scale), "+v"(shift));                                              \
            }                                                                                                 \
            type total = 0;                                                                                   \
            for (int i = 0; i < CHAINS; i++) total += sums[i][0];                                             \
            sink_##type = total;                                                                              \
        }                                                                                                     \
    }                                                                                                         \
                                                                                                              \
    /* GFLOP/s of all threads together. */                                                                    \
    static double peak_##type(void) {                                                                         \
        long rounds = 200000;                                                                                 \
        double each = 2.0 * CHAINS * (BYTES / sizeof(type)) * rounds;                                         \
        return threads * each / seconds(chains_##type, &rounds) * 1e-9;                                       \
    }                                                                                                         \
                                                                                                              \
    typedef struct {                                                                                          \
        const type *a, *x;                                                                                    \
        type *out;                                                                                            \
        long rows, columns;                                                                                   \
    } Vector_##type;                                                                                          \
                                                                                                              \
    static void times_vector_##type(void *with) {                                                             \
        Vector_##type *s = with;                                                                              \
        _Pragma("omp parallel for num_threads(threads) if (s->rows * s->columns >= 1000000)")                 \
        for (long i = 0; i < s->rows; i++) {                                                                  \
            const type *row = s->a + i * s->columns;                                                          \
            type total = 0;                                                                                   \
            for (long j = 0; j < s->columns; j++) total += row[j] * s->x[j];                                  \
            s->out[i] = total;                                                                                \
        }                                                                                                     \
    }                                                                                                         \
                                                                                                              \
    static double vector_rate_##type(long m, long k) {                                                        \
        Vector_##type s = {room(m * k * sizeof(type)), room(k * sizeof(type)), room(m * sizeof(type)), m, k}; \
        return 2.0 * m * k / seconds(times_vector_##type, &s) * 1e-9;                                         \
    }

KIND(float)
KIND(double)

int main(void) {
    threads = atoi(setting("BENCH_THREADS"));
    double peaks[] = {peak_float(), peak_double()};
    char *cases = strdup(setting("BENCH_CASES"));
    for (char *text = strtok(cases, ","); text; text = strtok(NULL, ",")) {
        long m, k, n;
        if (sscanf(text, "%ldx%ldx%ld", &m, &k, &n) != 3) return 1;
        for (int wide = 0; wide < 2; wide++) {
            char name[64];
            snprintf(name, sizeof name, "%s %s", wide ? "f64" : "f32", text);
            double rate = n > 1 ? peaks[wide] : wide ? vector_rate_double(m, k) : vector_rate_float(m, k);
            report("S5", name, n > 1 ? "peak of multiply-adds" : "loop over rows", rate, "GFLOP/s", NULL);
        }
    }
}
