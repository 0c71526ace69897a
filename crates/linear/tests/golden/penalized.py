"""Makes penalized.json: ridge, lasso and elastic net as scikit-learn and glmnet (R) have them, cross-validation too.

python penalized.py ../../../data/samples/penguins.csv > penalized.json
"""

import json
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
import sklearn
from sklearn.linear_model import ElasticNet, Lasso, LassoCV, Ridge
from sklearn.model_selection import PredefinedSplit

penguins = pd.read_csv(sys.argv[1]).dropna().reset_index(drop=True)
names = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "species[Chinstrap]", "species[Gentoo]", "sex[male]"]
x = np.column_stack(
    [
        penguins[names[:3]].to_numpy(float),
        penguins.species == "Chinstrap",
        penguins.species == "Gentoo",
        penguins.sex == "male",
    ]
).astype(float)
y = penguins.body_mass_g.to_numpy(float)
n = len(y)
rng = np.random.default_rng(4)
weights = rng.uniform(0.2, 3, size=n)
folds = np.arange(n) * 7 % 5
tight = {"tol": 1e-14, "max_iter": 1_000_000}


def point(model, x=x, y=y, weights=None):
    model.fit(x, y, sample_weight=weights)
    return {"intercept": float(model.intercept_), "coefficients": model.coef_.tolist()}


# scikit-learn: no standardization.
sklearn_cases = []
for alpha in [1.0, 100.0]:
    for w in [None, weights]:
        total = n if w is None else w.sum()
        for intercept in [True, False]:
            options = {"weighted": w is not None, "has_intercept": intercept}
            ridge = Ridge(alpha * total, fit_intercept=intercept, solver="cholesky")
            sklearn_cases.append({"lambda": alpha, "mix": 0.0, **options, **point(ridge, weights=w)})
            lasso = Lasso(alpha, fit_intercept=intercept, **tight)
            sklearn_cases.append({"lambda": alpha, "mix": 1.0, **options, **point(lasso, weights=w)})
            net = ElasticNet(alpha, l1_ratio=0.3, fit_intercept=intercept, **tight)
            sklearn_cases.append({"lambda": alpha, "mix": 0.3, **options, **point(net, weights=w)})

# More columns than rows.
wide_x = rng.normal(size=(20, 50))
wide_y = wide_x[:, 0] - 2 * wide_x[:, 7] + 0.1 * rng.normal(size=20)
wide = [
    {"lambda": 0.1, "mix": 1.0, **point(Lasso(0.1, **tight), wide_x, wide_y)},
    {"lambda": 0.1, "mix": 0.0, **point(Ridge(0.1 * 20), wide_x, wide_y)},
]

grid = np.geomspace(300, 0.03, 20)
cv = LassoCV(alphas=grid, cv=PredefinedSplit(folds), **tight).fit(x, y)
validation = {
    "lambdas": cv.alphas_.tolist(),
    "part_errors": cv.mse_path_.T.tolist(),
    "best": float(cv.alpha_),
}

# glmnet: standardization, its own grid, cross-validation with weights and lambda.1se.
with tempfile.TemporaryDirectory() as folder:
    pd.DataFrame(np.column_stack([x, y, weights, folds])).to_csv(f"{folder}/d.csv", index=False, float_format="%.17g")
    code = f"""
    suppressMessages(library(glmnet))
    glmnet.control(fdev = 0, devmax = 1)
    d <- as.matrix(read.csv("{folder}/d.csv"))
    x <- d[, 1:6]; y <- d[, 7]; w <- d[, 8]; f <- d[, 9] + 1
    cat(as.character(packageVersion("glmnet")), R.version.string, "\\n")
    for (mix in c(1, 0.5, 0)) for (weighted in c(FALSE, TRUE)) {{
        ww <- if (weighted) w else rep(1, length(y))
        # Left alone, cv.glmnet gives each part a grid of its own and interpolates.
        grid <- glmnet(x, y, weights = ww, alpha = mix)$lambda
        m <- cv.glmnet(x, y, weights = ww, alpha = mix, foldid = f, lambda = grid, thresh = 1e-22, maxit = 1e7)
        k <- round(seq(1, length(m$lambda), length.out = 7))
        cat(mix, weighted, m$lambda.min, m$lambda.1se, "\\n")
        cat(format(m$lambda, digits = 17), "\\n")
        cat(format(m$cvm, digits = 17), "\\n")
        cat(format(m$cvsd, digits = 17), "\\n")
        cat(k - 1, "\\n")
        cat(format(as.vector(as.matrix(coef(m$glmnet.fit)[, k])), digits = 17), "\\n")
    }}
    """
    out = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True).stdout.splitlines()
version, lines = out[0].strip(), out[1:]
glmnet = []
for k in range(0, len(lines), 6):
    mix, weighted, best, one = lines[k].split()
    numbers = [[float(v) for v in line.split()] for line in lines[k + 1 : k + 6]]
    glmnet.append(
        {
            "mix": float(mix),
            "weighted": weighted == "TRUE",
            "best": float(best),
            "one_standard_error": float(one),
            "lambdas": numbers[0],
            "mean_errors": numbers[1],
            "std_errors": numbers[2],
            "places": [int(v) for v in numbers[3]],
            "coefficients": numbers[4],
        }
    )
json.dump(
    {
        "versions": {"scikit-learn": sklearn.__version__, "numpy": np.__version__, "glmnet, R": version},
        "names": names,
        "x": x.ravel().tolist(),
        "y": y.tolist(),
        "weights": weights.tolist(),
        "folds": folds.tolist(),
        "sklearn": sklearn_cases,
        "wide": {"x": wide_x.ravel().tolist(), "y": wide_y.tolist(), "cases": wide},
        "validation": validation,
        "glmnet": glmnet,
    },
    sys.stdout,
    indent=0,
)
print()
