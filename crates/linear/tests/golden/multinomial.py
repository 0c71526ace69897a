"""Makes multinomial.json: multinomial logistic regression as statsmodels has it, each checked against R's VGAM and nnet.

python multinomial.py ../../../data/samples/penguins.csv > multinomial.json
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

versions = {
    "statsmodels": statsmodels.__version__,
    "scipy": scipy.__version__,
    "numpy": np.__version__,
}


def r_fit(x, y, weights, intercept):
    """Coefficients and standard errors, class after class, and the log-likelihood of VGAM; coefficients of nnet."""
    with tempfile.TemporaryDirectory() as folder:
        frame = pd.DataFrame(x, columns=[f"x{j}" for j in range(x.shape[1])])
        frame["y"], frame["w"] = y, weights
        frame.to_csv(f"{folder}/d.csv", index=False, float_format="%.17g")
        terms = " + ".join(c for c in frame.columns if c.startswith("x")) + ("" if intercept else " - 1")
        code = f"""
        suppressPackageStartupMessages({{library(VGAM); library(nnet)}})
        d <- subset(read.csv("{folder}/d.csv"), w > 0)
        d$y <- factor(d$y)
        m <- vglm(y ~ {terms}, multinomial(refLevel = 1), data = d, weights = w, epsilon = 1e-14, maxit = 100)
        s <- coef(summary(m))
        cat(R.version.string, as.character(packageVersion("VGAM")), as.character(packageVersion("nnet")), "\\n")
        cat(format(s[, 1], digits = 17), "\\n")
        cat(format(s[, 2], digits = 17), "\\n")
        cat(format(as.numeric(logLik(m)), digits = 17), "\\n")
        z <- scale(d[, grep("^x", names(d)), drop = FALSE], center = {"TRUE" if intercept else "FALSE"})
        n <- multinom(d$y ~ z {"" if intercept else "- 1"}, weights = d$w, reltol = 1e-15, maxit = 2000, trace = FALSE)
        cat(format(-n$value, digits = 17), "\\n")
        """
        out = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True).stdout
    version, *rest = [line for line in out.splitlines() if line.strip()]
    estimates, errors, likelihood, nnet = [np.array(line.split(), float) for line in rest[:4]]
    versions["R, VGAM, nnet"] = version.strip()
    # VGAM has the classes of a term next to each other.
    classes = len(np.unique(y)) - 1
    by_class = lambda numbers: numbers.reshape(-1, classes).T.ravel()
    return by_class(estimates), by_class(errors), likelihood[0], nnet[0]


def robust(design, target, repeats, fit, change, clusters):
    """Standard errors by sandwiches, by their definition (A. Zeileis, Journal of Statistical Software 16, 2006), of rows that
    count several times but are one observation each; where none does, checked against statsmodels."""
    n, size = len(target), fit.params.size
    shares = np.asarray(fit.predict(design))
    left = ((np.arange(shares.shape[1]) == target[:, None]) - shares)[:, 1:]
    scores = np.einsum("ic,ij->icj", left * repeats[:, None], design).reshape(n, -1)
    bread = np.asarray(fit.cov_params())
    blocks = np.kron(np.eye(fit.params.shape[1]), change)
    rows = np.sum(repeats > 0)
    sums = np.array([scores[clusters == g].sum(axis=0) for g in np.unique(clusters[repeats > 0])])
    g = len(sums)
    meats = {
        "HC0": scores.T @ scores,
        "HC1": scores.T @ scores * rows / (rows - size),
        "clustered": sums.T @ sums * g / (g - 1) * (rows - 1) / (rows - size),
    }
    errors = {}
    for kind, meat in meats.items():
        covariance = bread @ meat @ bread
        errors[kind] = np.sqrt(np.diag(blocks @ covariance @ blocks.T)).tolist()
        if kind != "HC1" and (repeats == 1).all():
            options = {"HC0": {"cov_type": "HC0"}, "clustered": {"cov_type": "cluster", "cov_kwds": {"groups": clusters}}}
            again = fit.model.fit(method="newton", maxiter=200, tol=1e-15, disp=False, **options[kind])
            assert np.allclose(again.cov_params(), covariance, rtol=1e-7, atol=1e-12 * np.abs(covariance).max()), kind
    return errors


def case(name, names, classes, x, y, weights=None, intercept=True, clusters=None):
    x, y, n = np.asarray(x, float), np.asarray(y, int), len(y)
    clusters = np.arange(n) * 7 // 3 % 17 if clusters is None else np.asarray(clusters)
    repeats = np.ones(n, int) if weights is None else np.asarray(weights, int)
    design = np.column_stack([np.ones(n), x]) if intercept else x
    # Rows that count several times are there several times.
    whole, target = np.repeat(design, repeats, axis=0), np.repeat(y, repeats)
    # Columns that are orthogonal lose no digits; the rest is arithmetic.
    centre = whole.mean(axis=0) * (1 if intercept else 0)
    if intercept:
        centre[0] = 0
    triangle = np.linalg.qr(whole - centre, mode="r") / np.sqrt(len(whole))
    inverse = np.linalg.inv(triangle)
    fit = sm.MNLogit(target, (whole - centre) @ inverse).fit(method="newton", maxiter=200, tol=1e-15, disp=False)
    k = design.shape[1]
    change = np.eye(k)
    if intercept:
        change[0, 1:] = -centre[1:]
    change = change @ inverse
    estimates = np.concatenate([change @ fit.params[:, c] for c in range(fit.params.shape[1])])
    blocks = np.kron(np.eye(fit.params.shape[1]), change)
    covariance = blocks @ np.asarray(fit.cov_params()) @ blocks.T
    errors = np.sqrt(np.diag(covariance))
    r_estimates, r_errors, likelihood, nnet = r_fit(x, y, repeats, intercept)
    distance = np.abs(r_estimates - estimates) / errors
    assert distance.max() < 1e-6, (name, distance)
    assert np.allclose(r_errors, errors, rtol=1e-6), (name, r_errors / errors - 1)
    assert np.isclose(likelihood, fit.llf, rtol=1e-10), (name, likelihood, fit.llf)
    assert np.isclose(nnet, fit.llf, rtol=1e-6), (name, nnet, fit.llf)
    shares = np.bincount(target) / len(target)
    null = len(target) * (shares @ np.log(shares)) if intercept else -len(target) * np.log(len(shares))
    if intercept:
        assert np.isclose(null, fit.llnull, rtol=1e-8)
    return {
        "name": name,
        "names": names,
        "classes": classes,
        "intercept": intercept,
        "x": x.ravel().tolist(),
        "y": y.astype(float).tolist(),
        "weights": None if weights is None else list(map(float, weights)),
        "estimates": estimates.tolist(),
        "std_errors": errors.tolist(),
        "p_values": (2 * scipy.stats.norm.sf(np.abs(estimates / errors))).tolist(),
        "clusters": clusters.astype(int).tolist(),
        "errors": robust((design - centre) @ inverse, y, repeats, fit, change, clusters),
        "covariance_corner": covariance[0, -1],
        "log_likelihood": fit.llf,
        "null_log_likelihood": null,
        "aic": 2 * k * fit.params.shape[1] - 2 * fit.llf,
        # Rows are those of the file that count, however often.
        "bic": np.log(np.sum(repeats > 0)) * k * fit.params.shape[1] - 2 * fit.llf,
        "likelihood_ratio_p": fit.llr_pvalue if intercept else None,
        "probabilities": np.asarray(fit.predict(((design - centre) @ inverse)[:3])).tolist(),
    }


penguins = pd.read_csv(sys.argv[1]).dropna().reset_index(drop=True)
male = (penguins.sex == "male").astype(float)
islands = penguins.island.astype("category")
species = penguins.species.astype("category")
rng = np.random.default_rng(7)
n = 300
a, b = rng.normal(size=n), rng.uniform(0, 3, size=n)
near = a + 1e-4 * rng.normal(size=n)
eta = np.column_stack([np.zeros(n), 0.5 * a - 0.3, a - 0.4 * b, 0.8 * b - 1.2 - 0.6 * a])
y = (eta + rng.gumbel(size=(n, 4))).argmax(axis=1)

cases = [
    case("penguins: island", ["flipper_length_mm", "bill_depth_mm", "sex[male]", "year"], list(islands.cat.categories),
         np.column_stack([penguins.flipper_length_mm, penguins.bill_depth_mm, male, penguins.year]), islands.cat.codes),
    case("penguins: species", ["body_mass_g", "sex[male]"], list(species.cat.categories),
         np.column_stack([penguins.body_mass_g, male]), species.cat.codes),
    case("four classes, weighted", ["a", "b"], ["p", "q", "r", "s"], np.column_stack([a, b + 2000]), y,
         weights=rng.integers(0, 4, size=n)),
    case("columns that are nearly one", ["a", "near", "b"], ["p", "q", "r", "s"], np.column_stack([a, near, b]), y),
    case("no intercept", ["a", "b"], ["p", "q", "r", "s"], np.column_stack([a, b]), y, intercept=False),
    case("two classes", ["a", "b"], ["no", "yes"], np.column_stack([a, b]), (y > 1).astype(int)),
]
json.dump({"versions": versions, "cases": cases}, sys.stdout, indent=0)
print()
