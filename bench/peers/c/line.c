/* S1 and S2: the seeds' loop. S3: linear regression with 100 features. The gradient is derived by hand and all of a
 * step is one pass over its rows. */
#include "common.h"

static const float *x, *y;
static const int *order;

static double seeds_loop(void) {
    float w0 = 0.5f, w1 = -0.3f, b = 0.1f;
    double moving = 0;
    for (int i = 0; i < 20000; i += 4) {
        float d0 = 0, d1 = 0, db = 0, loss = 0;
        for (int k = 0; k < 4; k++) {
            int row = order[i + k];
            float x0 = x[2 * row], x1 = x[2 * row + 1], error = x0 * w0 + x1 * w1 + b - y[row];
            loss += error * error;
            d0 += error * x0;
            d1 += error * x1;
            db += error;
        }
        w0 -= 0.0005f * d0;
        w1 -= 0.0005f * d1;
        b -= 0.0005f * db;
        moving = 0.99 * moving + 0.01 * (loss * 0.25f);
    }
    return moving;
}

static void call(void *out) { *(volatile double *)out = seeds_loop(); }

enum { ROWS = 1000000, WIDTH = 100, BATCH = 256, AHEAD = 8 };

/* The gradient of some of a batch's rows: weights, then bias, then the sum of losses. */
static void rows_of_batch(const int *rows, int count, int left, const float *w, float b, float *out) {
    float dw[WIDTH] = {0}, db = 0, loss = 0;
    for (int k = 0; k < count; k++) {
        const float *row = x + (size_t)rows[k] * WIDTH;
        if (k + AHEAD < left) {
            const char *next = (const char *)(x + (size_t)rows[k + AHEAD] * WIDTH);
            for (int c = 0; c < 448; c += 64) __builtin_prefetch(next + c);
        }
        float error = b - y[rows[k]];
        for (int j = 0; j < WIDTH; j++) error += row[j] * w[j];
        loss += error * error;
        db += error;
        for (int j = 0; j < WIDTH; j++) dw[j] += error * row[j];
    }
    memcpy(out, dw, sizeof dw);
    out[WIDTH] = db;
    out[WIDTH + 1] = loss;
}

static void linear(int threads) {
    int batches = ROWS / BATCH, share = BATCH / threads;
    float w[WIDTH] = {0}, b = 0;
    double moving = 0, start = now();
    float(*parts)[128] = room(threads * sizeof *parts);
#pragma omp parallel num_threads(threads) if (threads > 1)
    {
        int thread = omp_get_thread_num();
        for (int i = 0; i < batches; i++) {
            int first = i * BATCH + thread * share;
            int count = thread == threads - 1 ? BATCH - thread * share : share;
            rows_of_batch(order + first, count, batches * BATCH - first, w, b, parts[thread]);
#pragma omp barrier
#pragma omp single
            {
                float rate = 0.001f * 2 / BATCH, loss = 0;
                for (int t = 0; t < threads; t++) {
                    for (int j = 0; j < WIDTH; j++) w[j] -= rate * parts[t][j];
                    b -= rate * parts[t][WIDTH];
                    loss += parts[t][WIDTH + 1];
                }
                moving = 0.99 * moving + 0.01 * (loss / BATCH);
            }
        }
    }
    report("S3", "epoch", "fused", batches * BATCH / (now() - start), "rows/s", &moving);
}

int main(int count, char **arguments) {
    const char *workload = count > 1 ? arguments[1] : "";
    if (!strcmp(workload, "S3")) {
        x = data("linear_x", (size_t)ROWS * WIDTH), y = data("linear_y", ROWS);
        order = data("linear_order", ROWS / BATCH * BATCH);
        linear(atoi(setting("BENCH_THREADS")));
    } else {
        double loss;
        x = data("loop_x", 20000), y = data("loop_y", 10000), order = data("loop_order", 20000);
        double taken = seconds(call, &loss);
        report(workload, "step", "fused", taken / 5000 * 1e6, "us", &loss);
    }
}
