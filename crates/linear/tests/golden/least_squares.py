"""Writes least_squares.txt beside this file: what statsmodels 0.15.0 says of linear models of the penguins.

Needs statsmodels, numpy 2.4.6, pandas 3.1.1. Body mass on two lengths and indicators of species and sex, rows with a missing
value left out: plain, weighted by bill depth (rows of less than 14 mm have weight 0, and are not given to statsmodels, which
would count them), and without an intercept. Clusters are islands. Residual diagnostics of the weighted model are those of the
plain one of rows times the roots of their weights, which is what statsmodels' influence measures are defined for; Breusch-Pagan
tests whether their squares depend on the columns as they are.
"""

import os

import numpy as np
import pandas as pd
import statsmodels.api as sm
from statsmodels.stats.diagnostic import het_breuschpagan
from statsmodels.stats.outliers_influence import OLSInfluence, variance_inflation_factor
from statsmodels.stats.stattools import durbin_watson, jarque_bera

here = os.path.dirname(__file__)
data = pd.read_csv(os.path.join(here, "../../../data/samples/penguins.csv"))
data = data.dropna(subset=["bill_length_mm", "flipper_length_mm", "bill_depth_mm", "body_mass_g", "sex"])
data["sex"] = data["sex"].str.lower()


def design(rows, intercept):
    columns = {
        "bill_length_mm": rows.bill_length_mm,
        "flipper_length_mm": rows.flipper_length_mm,
        "species[Chinstrap]": (rows.species == "Chinstrap") * 1.0,
        "species[Gentoo]": (rows.species == "Gentoo") * 1.0,
        "sex[male]": (rows.sex == "male") * 1.0,
    }
    x = np.column_stack(list(columns.values()))
    return np.column_stack([np.ones(len(rows)), x]) if intercept else x


lines = []


def put(case, key, values):
    lines.append(",".join([case, key, *(repr(float(v)) for v in np.atleast_1d(values))]))


def write(case, rows, weights, intercept):
    x, y = design(rows, intercept), rows.body_mass_g.to_numpy(float)
    model = sm.OLS(y, x, hasconst=intercept) if weights is None else sm.WLS(y, x, weights=weights, hasconst=intercept)
    fit = model.fit()
    put(case, "estimate", fit.params)
    put(case, "statistic", fit.tvalues)
    put(case, "p_value", fit.pvalues)
    interval = fit.conf_int(alpha=0.1)
    put(case, "lower", interval[:, 0])
    put(case, "upper", interval[:, 1])
    summary = [fit.ssr, fit.rsquared, fit.rsquared_adj, fit.fvalue, fit.f_pvalue, fit.llf, fit.aic, fit.bic, fit.mse_resid**0.5]
    put(case, "summary", summary)
    put(case, "classical", fit.cov_params().ravel())
    for kind in ["HC0", "HC1", "HC2", "HC3"]:
        put(case, kind, fit.get_robustcov_results(kind, use_t=True).cov_params().ravel())
    groups = rows.island.astype("category").cat.codes.to_numpy()
    clustered = fit.get_robustcov_results("cluster", groups=groups, use_t=True, df_correction=True)
    put(case, "clustered", clustered.cov_params().ravel())
    put(case, "clustered p", clustered.pvalues)
    root = np.ones(len(y)) if weights is None else np.sqrt(weights)
    whitened = sm.OLS(root * y, root[:, None] * x, hasconst=intercept).fit()
    residual = np.asarray(whitened.resid)
    put(case, "residuals", [durbin_watson(residual), *jarque_bera(residual)])
    # The test wants a constant among the columns.
    put(case, "breusch_pagan", het_breuschpagan(residual, x if intercept else sm.add_constant(x))[:2])
    influence = OLSInfluence(whitened)
    some = np.arange(0, len(y), 25)
    put(case, "rows", some)
    put(case, "leverage", influence.hat_matrix_diag[some])
    put(case, "standardized", influence.resid_studentized_internal[some])
    put(case, "studentized", influence.resid_studentized_external[some])
    put(case, "cooks_distance", influence.cooks_distance[0][some])
    put(case, "influential", np.argsort(-influence.cooks_distance[0])[:5])
    put(case, "costly", np.argsort(-(residual**2))[:5])
    if weights is None and intercept:
        put(case, "variance_inflation", [variance_inflation_factor(x, j) for j in range(1, x.shape[1])])


write("plain", data, None, True)
heavy = data[data.bill_depth_mm >= 14.0]
write("weighted", heavy, heavy.bill_depth_mm.to_numpy(float), True)
write("origin", data, None, False)
with open(os.path.join(here, "least_squares.txt"), "w") as file:
    file.write("\n".join(lines) + "\n")
