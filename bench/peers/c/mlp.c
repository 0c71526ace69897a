/* S4: a network of 784, 256 and 10 units with Adam; its matrix products are OpenBLAS's (the package
 * scipy-openblas32, whose names begin with scipy_). */
#include "common.h"
#include <cblas.h>

enum { ROWS = 60000, BATCH = 64, IN = 784, HIDDEN = 256, OUT = 10 };

typedef struct {
    float *value, *gradient, *first, *second;
    int size;
} Parameter;

static Parameter parameter(const char *file, int size) {
    return (Parameter){file ? data(file, size) : room(size * 4), room(size * 4), room(size * 4), room(size * 4), size};
}

static void adam(Parameter p, float scale, float square_scale) {
    float *restrict value = p.value, *restrict m = p.first, *restrict v = p.second;
    const float *restrict gradient = p.gradient;
    for (int i = 0; i < p.size; i++) {
        m[i] = 0.9f * m[i] + 0.1f * gradient[i];
        v[i] = 0.999f * v[i] + 0.001f * gradient[i] * gradient[i];
        value[i] -= 1e-3f * (m[i] * scale) / (sqrtf(v[i] * square_scale) + 1e-8f);
    }
}

static void product(CBLAS_TRANSPOSE left, CBLAS_TRANSPOSE right, int m, int n, int k, const float *a, const float *b,
                    float *out) {
    int row_a = left == CblasTrans ? m : k, row_b = right == CblasTrans ? k : n;
    scipy_cblas_sgemm(CblasRowMajor, left, right, m, n, k, 1, a, row_a, b, row_b, 0, out, n);
}

/* Leaves the slope of the mean loss in the logits, and returns the loss. */
static float cross_entropy(float *logits, const float *bias, const int *y, const int *rows) {
    float loss = 0;
    for (int k = 0; k < BATCH; k++) {
        float *z = logits + k * OUT, most = -INFINITY, sum = 0;
        for (int j = 0; j < OUT; j++) {
            z[j] += bias[j];
            most = z[j] > most ? z[j] : most;
        }
        int label = y[rows[k]];
        float truth = z[label] - most;
        for (int j = 0; j < OUT; j++) sum += z[j] = expf(z[j] - most);
        loss += logf(sum) - truth;
        for (int j = 0; j < OUT; j++) z[j] /= sum * BATCH;
        z[label] -= 1.0f / BATCH;
    }
    return loss / BATCH;
}

int main(void) {
    const float *x = data("mlp_x", (size_t)ROWS * IN);
    const int *y = data("mlp_y", ROWS), *order = data("mlp_order", ROWS / BATCH * BATCH);
    Parameter w1 = parameter("mlp_w1", HIDDEN * IN), b1 = parameter(NULL, HIDDEN);
    Parameter w2 = parameter("mlp_w2", OUT * HIDDEN), b2 = parameter(NULL, OUT);
    float *batch = room(BATCH * IN * 4), *hidden = room(BATCH * HIDDEN * 4);
    float *logits = room(BATCH * OUT * 4), *back = room(BATCH * HIDDEN * 4);
    int batches = ROWS / BATCH;
    double moving = 0, start = now();
    for (int i = 0; i < batches; i++) {
        const int *rows = order + i * BATCH;
        for (int k = 0; k < BATCH; k++) memcpy(batch + k * IN, x + (size_t)rows[k] * IN, IN * 4);
        product(CblasNoTrans, CblasTrans, BATCH, HIDDEN, IN, batch, w1.value, hidden);
        for (int k = 0; k < BATCH; k++)
            for (int j = 0; j < HIDDEN; j++) hidden[k * HIDDEN + j] = fmaxf(hidden[k * HIDDEN + j] + b1.value[j], 0);
        product(CblasNoTrans, CblasTrans, BATCH, OUT, HIDDEN, hidden, w2.value, logits);
        float loss = cross_entropy(logits, b2.value, y, rows);
        product(CblasTrans, CblasNoTrans, OUT, HIDDEN, BATCH, logits, hidden, w2.gradient);
        product(CblasNoTrans, CblasNoTrans, BATCH, HIDDEN, OUT, logits, w2.value, back);
        memset(b1.gradient, 0, HIDDEN * 4);
        memset(b2.gradient, 0, OUT * 4);
        for (int k = 0; k < BATCH; k++) {
            for (int j = 0; j < HIDDEN; j++) {
                int at = k * HIDDEN + j;
                back[at] = hidden[at] > 0 ? back[at] : 0;
                b1.gradient[j] += back[at];
            }
            for (int j = 0; j < OUT; j++) b2.gradient[j] += logits[k * OUT + j];
        }
        product(CblasTrans, CblasNoTrans, HIDDEN, IN, BATCH, back, batch, w1.gradient);
        float scale = 1 / (1 - pow(0.9, i + 1)), square_scale = 1 / (1 - pow(0.999, i + 1));
        adam(w1, scale, square_scale), adam(b1, scale, square_scale);
        adam(w2, scale, square_scale), adam(b2, scale, square_scale);
        moving = 0.99 * moving + 0.01 * loss;
    }
    report("S4", "epoch", "with OpenBLAS", batches * BATCH / (now() - start), "rows/s", &moving);
}
