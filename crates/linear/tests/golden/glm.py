"""Makes glm.json: generalized linear models as statsmodels has them, each checked against R's glm.

python glm.py ../../../data/samples/penguins.csv > glm.json
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

FAMILIES = {
    ("gaussian", "identity"): sm.families.Gaussian(),
    ("binomial", "logit"): sm.families.Binomial(),
    ("poisson", "log"): sm.families.Poisson(),
    ("gamma", "log"): sm.families.Gamma(sm.families.links.Log()),
    ("gamma", "inverse"): sm.families.Gamma(sm.families.links.InversePower()),
}
R_FAMILIES = {"gaussian": "gaussian", "binomial": "binomial", "poisson": "poisson", "gamma": "Gamma"}


def r_fit(family, link, x, y, weights, offset):
    """Coefficients, standard errors, p-values, deviance, null deviance and AIC of R."""
    with tempfile.TemporaryDirectory() as folder:
        frame = pd.DataFrame(x, columns=[f"x{j}" for j in range(x.shape[1])])
        frame["y"], frame["w"], frame["o"] = y, weights, offset
        frame.to_csv(f"{folder}/d.csv", index=False, float_format="%.17g")
        terms = " + ".join(c for c in frame.columns if c.startswith("x"))
        code = f"""
        d <- read.csv("{folder}/d.csv")
        m <- glm(y ~ {terms} + offset(o), family = {R_FAMILIES[family]}(link = "{link}"), data = d, weights = w,
                 control = list(epsilon = 1e-15, maxit = 100))
        s <- coef(summary(m))
        cat(R.version.string, "\\n")
        cat(format(c(t(s)), digits = 17), "\\n")
        cat(format(c(m$deviance, m$null.deviance, as.numeric(logLik(m))), digits = 17), "\\n")
        """
        out = subprocess.run(["Rscript", "-e", code], capture_output=True, text=True, check=True).stdout
    version, table, rest = [line for line in out.splitlines() if line.strip()][:3]
    return version.strip(), np.array(table.split(), float).reshape(-1, 4), np.array(rest.split(), float)


versions = {
    "statsmodels": statsmodels.__version__,
    "scipy": scipy.__version__,
    "numpy": np.__version__,
}


def case(name, family, link, names, x, y, weights=None, offset=None, clusters=None, counts=False):
    y, n = np.asarray(y, float), len(y)
    design = np.column_stack([np.ones(n), x])
    w = np.ones(n) if weights is None else weights
    o = np.zeros(n) if offset is None else offset
    if counts:  # parts of trials
        yes = np.round(y * w)
        model = sm.GLM(np.column_stack([yes, w - yes]), design, FAMILIES[family, link], offset=o)
    else:
        model = sm.GLM(y, design, FAMILIES[family, link], offset=o, var_weights=w)
    fit = model.fit(tol=1e-15, maxiter=200)
    version, table, rest = r_fit(family, link, x, y, w, o)
    versions["R"] = version
    assert np.allclose(table[:, 0], fit.params, rtol=1e-7), (name, table[:, 0], fit.params)
    assert np.allclose(table[:, 1], fit.bse, rtol=1e-7), (name, table[:, 1], fit.bse)
    assert np.allclose(rest[0], fit.deviance, rtol=1e-9)
    assert np.allclose(rest[1], fit.null_deviance, rtol=1e-8)
    # Sandwiches by their definition, of statsmodels' parts; the bread is the expected information.
    eta = design @ fit.params + o
    mu = fit.mu
    slope = 1 / model.family.link.deriv(mu)
    variance = mu * (1 - mu) if counts else model.family.variance(mu)
    score = (w * (y - mu) * slope / variance)[:, None] * design
    curvature = w * slope**2 / variance
    bread = np.linalg.inv(design.T @ (design * curvature[:, None]))
    k = design.shape[1]
    leverage = curvature * np.einsum("ij,jk,ik->i", design, bread, design)
    errors = {}
    for kind, factor in [
        ("HC0", np.ones(n)),
        ("HC1", np.full(n, np.sqrt(n / (n - k)))),
        ("HC2", 1 / np.sqrt(1 - leverage)),
        ("HC3", 1 / (1 - leverage)),
    ]:
        s = score * factor[:, None]
        errors[kind] = np.sqrt(np.diag(bread @ s.T @ s @ bread)).tolist()
    if clusters is not None:
        sums = np.array([score[clusters == g].sum(axis=0) for g in np.unique(clusters)])
        g = len(sums)
        errors["clustered"] = np.sqrt(
            np.diag(bread @ sums.T @ sums @ bread) * g / (g - 1) * (n - 1) / (n - k)
        ).tolist()
        canonical = link in ("logit", "identity") or (family, link) == ("poisson", "log")
        if canonical and not counts and weights is None:
            again = model.fit(tol=1e-15, maxiter=200, cov_type="cluster", cov_kwds={"groups": clusters})
            assert np.allclose(again.bse, errors["clustered"], rtol=1e-6), (again.bse, errors["clustered"])
    return {
        "name": name,
        "family": family,
        "link": link,
        "names": names,
        "x": np.asarray(x, float).ravel().tolist(),
        "y": np.asarray(y, float).tolist(),
        "weights": None if weights is None else list(map(float, weights)),
        "offset": None if offset is None else list(map(float, offset)),
        "clusters": None if clusters is None else list(map(int, clusters)),
        "estimates": fit.params.tolist(),
        "std_errors": fit.bse.tolist(),
        "errors": errors,
        "r_p_values": table[:, 3].tolist(),
        "deviance": fit.deviance,
        "null_deviance": fit.null_deviance,
        "pearson": fit.pearson_chi2,
        "dispersion": fit.scale,
        "r_log_likelihood": rest[2],
    }


penguins = pd.read_csv(sys.argv[1]).dropna().reset_index(drop=True)
number = ["bill_length_mm", "bill_depth_mm", "flipper_length_mm"]
chinstrap = (penguins.species == "Chinstrap").astype(float)
gentoo = (penguins.species == "Gentoo").astype(float)
male = (penguins.sex == "male").astype(float)
islands = penguins.island.astype("category").cat.codes.to_numpy()
years = penguins.year.to_numpy(float)
design = np.column_stack([penguins[number].to_numpy(float), chinstrap, gentoo])
design_names = [*number, "species[Chinstrap]", "species[Gentoo]"]

rng = np.random.default_rng(20)
n = 200
a, b = rng.normal(size=n), rng.uniform(0, 3, size=n)
wild = np.column_stack([a, b + 2000])  # far from 0, as years are
exposure = rng.uniform(0.5, 20, size=n)
rate = np.exp(0.3 + 0.5 * a - 0.4 * b)
trials = rng.integers(1, 12, size=n).astype(float)
successes = rng.binomial(trials.astype(int), 1 / (1 + np.exp(-(0.2 + a - 0.5 * b))))
groups = rng.integers(0, 15, size=n)

cases = [
    case("penguins: sex", "binomial", "logit", [*design_names, "year"], np.column_stack([design, years]), male, clusters=islands),
    case("parts of trials", "binomial", "logit", ["a", "b"], wild, successes / trials, weights=trials, counts=True, clusters=groups),
    case("counts", "poisson", "log", ["a", "b"], wild, rng.poisson(rate * exposure).astype(float), offset=np.log(exposure), clusters=groups),
    case("weighted counts", "poisson", "log", ["a", "b"], wild, rng.poisson(rate).astype(float), weights=rng.uniform(0.2, 3, n)),
    case("penguins: mass, gamma", "gamma", "log", design_names, design, penguins.body_mass_g.to_numpy(float), clusters=islands),
    case("inverse gamma", "gamma", "inverse", ["a", "b"], np.column_stack([a, b]), rng.gamma(3, 1 / (3 * (2 + 0.2 * a + 0.3 * b))), weights=rng.uniform(0.2, 3, n)),
    case("penguins: mass, normal", "gaussian", "identity", design_names, design, penguins.body_mass_g.to_numpy(float), clusters=islands),
]
json.dump({"versions": versions, "cases": cases}, sys.stdout, indent=0)
print()
