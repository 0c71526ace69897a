"""pandas reads, scikit-learn fits: S12."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression

from common import run
from route import measure


def fit(path, _):
    frame = pd.read_csv(path)
    model = LinearRegression().fit(frame.drop(columns="y").to_numpy(), frame["y"].to_numpy())
    return np.append(model.intercept_, model.coef_)


def route(workload):
    measure("pandas", pd.__version__, workload, "scikit-learn", fit)


run({"S12": route})
