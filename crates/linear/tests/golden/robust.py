"""Makes robust.json: Huber's regression as statsmodels has it, quantile regression as R's quantreg has it, exactly, with
statsmodels' standard errors there.

python robust.py ../../../data/samples/penguins.csv > robust.json
"""

import json
import subprocess
import sys
import tempfile

import numpy as np
import pandas as pd
import scipy
import statsmodels
import statsmodels.api as sm
from scipy import stats
from statsmodels.regression.quantile_regression import hall_sheather, kernels

penguins = pd.read_csv(sys.argv[1]).dropna().reset_index(drop=True)
x = np.column_stack(
    [
        penguins[["bill_length_mm", "bill_depth_mm", "flipper_length_mm"]].to_numpy(float),
        penguins.species == "Chinstrap",
        penguins.species == "Gentoo",
    ]
).astype(float)
y = penguins.body_mass_g.to_numpy(float)

rng = np.random.default_rng(9)
n = 150
wild = np.column_stack([rng.normal(size=n), rng.uniform(0, 3, size=n) + 2000])
wild_y = 3 + wild[:, 0] - 0.5 * (wild[:, 1] - 2000) + (0.5 + 0.2 * np.abs(wild[:, 0])) * rng.standard_t(2, size=n)
wild_y[::17] += 30
weights = rng.uniform(0.3, 3, size=n)

versions = {
    "statsmodels": statsmodels.__version__,
    "scipy": scipy.__version__,
    "numpy": np.__version__,
}


def huber(name, x, y):
    design = np.column_stack([np.ones(len(y)), x])
    fit = sm.RLM(y, design, M=sm.robust.norms.HuberT()).fit(maxiter=2000, tol=1e-14, conv="coefs")
    return {
        "name": name,
        "x": x.ravel().tolist(),
        "y": y.tolist(),
        "estimates": fit.params.tolist(),
        "std_errors": fit.bse.tolist(),
        "p_values": fit.pvalues.tolist(),
        "scale": fit.scale,
    }


def r_quantile(x, y, w, q):
    with tempfile.TemporaryDirectory() as folder:
        frame = pd.DataFrame(x, columns=[f"x{j}" for j in range(x.shape[1])])
        frame["y"], frame["w"] = y, w
        frame.to_csv(f"{folder}/d.csv", index=False, float_format="%.17g")
        terms = " + ".join(c for c in frame.columns if c.startswith("x"))
        code = f"""
        suppressMessages(library(quantreg))
        d <- read.csv("{folder}/d.csv")
        m <- rq(y ~ {terms}, tau = {q}, data = d, weights = w, method = "br")
        cat(as.character(packageVersion("quantreg")), R.version.string, "\\n")
        cat(format(coef(m), digits = 17), "\\n")
        """
        out = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True).stdout.splitlines()
    versions["quantreg, R"] = out[0].strip()
    return np.array(out[1].split(), float)


def powell(design, y, e, q):
    """Bandwidth, density, and standard errors: robust, and for errors of one distribution."""
    n = len(y)
    quarters = stats.scoreatpercentile(e, 75) - stats.scoreatpercentile(e, 25)
    h = hall_sheather(n, q)
    h = min(np.std(y), quarters / 1.34) * (stats.norm.ppf(q + h) - stats.norm.ppf(q - h))
    density = np.sum(kernels["epa"](e / h)) / (n * h)
    d = np.where(e > 0, (q / density) ** 2, ((1 - q) / density) ** 2)
    inverse = np.linalg.inv(np.linalg.qr(design)[1])  # half the condition of the normal equations
    bread = inverse @ inverse.T
    robust = np.sqrt(np.diag(bread @ (design.T * d) @ design @ bread))
    return h, density, robust, np.sqrt(q * (1 - q) / density**2 * np.diag(bread))


def quantile(name, x, y, q, weights=None):
    n = len(y)
    design = np.column_stack([np.ones(n), x])
    w = np.ones(n) if weights is None else weights
    params = r_quantile(x, y, w, q)
    # The basis, again, with more digits than R's output has.
    e = y - design @ params
    basis = np.argsort(np.abs(e))[: design.shape[1]]
    params = np.linalg.solve(design[basis], y[basis])
    e = y - design @ params
    e[basis] = 0
    loss = np.sum(w * np.where(e >= 0, q * e, (q - 1) * e))
    case = {
        "name": name,
        "quantile": q,
        "x": x.ravel().tolist(),
        "y": y.tolist(),
        "weights": None if weights is None else weights.tolist(),
        "estimates": params.tolist(),
        "loss": loss,
    }
    if weights is None:
        # The formulas of statsmodels, at the exact estimates; its own fit ends after about six digits.
        fit = sm.QuantReg(y, design).fit(q=q, max_iter=5000)
        assert np.allclose(fit.bse, powell(design, y, y - design @ fit.params, q)[2], rtol=1e-3)
        h, density, robust, same = powell(design, y, e, q)
        case |= {"bandwidth": h, "sparsity": 1 / density, "robust": robust.tolist()}
        case["same"] = same.tolist()
    return case


json.dump(
    {
        "huber": [huber("penguins", x, y), huber("outliers", wild, wild_y)],
        "quantile": [
            quantile("penguins", x, y, 0.5),
            quantile("penguins", x, y, 0.9),
            quantile("outliers", wild, wild_y, 0.5),
            quantile("outliers", wild, wild_y, 0.25),
            quantile("weighted outliers", wild, wild_y, 0.6, weights),
        ],
        "versions": versions,
    },
    sys.stdout,
    indent=0,
)
print()
