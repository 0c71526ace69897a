"""scikit-learn's SGDRegressor, which takes one row at a time: S3."""

import time

import sklearn
from sklearn.linear_model import SGDRegressor

from common import RATE, data, report_descent, run


def linear(workload):
    x, y = data("linear_x"), data("linear_y")
    model = SGDRegressor(penalty=None, learning_rate="constant", eta0=RATE, max_iter=1, tol=None, random_state=0)
    start = time.perf_counter()
    model.fit(x, y)
    taken = time.perf_counter() - start
    loss = ((model.predict(x[:10_000]) - y[:10_000]) ** 2).mean()
    report_descent("scikit-learn", sklearn.__version__, workload, "SGDRegressor, batch 1", taken, len(x), loss)


run({"S3": linear})
