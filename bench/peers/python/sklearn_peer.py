"""scikit-learn: S3 by its SGDRegressor, which takes one row at a time, and S11."""

import time

import sklearn
from sklearn.linear_model import LinearRegression, Ridge, SGDRegressor

from common import RATE, data, once, report, report_descent, run


def linear(workload):
    x, y = data("linear_x"), data("linear_y")
    model = SGDRegressor(penalty=None, learning_rate="constant", eta0=RATE, max_iter=1, tol=None, random_state=0)
    start = time.perf_counter()
    model.fit(x, y)
    taken = time.perf_counter() - start
    loss = ((model.predict(x[:10_000]) - y[:10_000]) ** 2).mean()
    report_descent("scikit-learn", sklearn.__version__, workload, "SGDRegressor, batch 1", taken, len(x), loss)


def least_squares(workload):
    x, y = (data(name).astype("f8") for name in ("linear_x", "linear_y"))
    for model in [Ridge(alpha=0.0, solver="cholesky"), LinearRegression()]:
        taken = once(lambda: model.fit(x, y))
        check = ((model.predict(x) - y) ** 2).sum()
        name = type(model).__name__
        report("scikit-learn", sklearn.__version__, workload, "1000000x100", name, taken * 1e3, "ms", check)


run({"S3": linear, "S11": least_squares})
