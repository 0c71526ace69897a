"""The numbers that tests/methods.rs expects, from statsmodels and scikit-learn on penguins.csv.

    python methods.py ../../../data/samples/penguins.csv
"""

import sys

import numpy as np
import pandas as pd
import sklearn
import statsmodels
import statsmodels.formula.api as smf
from sklearn.linear_model import Lasso

penguins = pd.read_csv(sys.argv[1])
print("statsmodels", statsmodels.__version__, "scikit-learn", sklearn.__version__)


def show(name, fit):
    print(name)
    for term in fit.params.index:
        print(f'    ("{term}", {float(fit.params[term])!r}, {float(fit.bse[term])!r}),')


formula = "np.log(body_mass_g) ~ flipper_length_mm * sex + I(bill_depth_mm**2) - 1"
show("formula", smf.ols(formula, penguins).fit())

complete = penguins.dropna()
weighted = smf.wls("body_mass_g ~ bill_length_mm + C(year)", complete, weights=complete.bill_depth_mm)
show("weights", weighted.fit())
clustered = smf.ols("body_mass_g ~ bill_length_mm + bill_depth_mm", complete)
show("cluster", clustered.fit(cov_type="cluster", cov_kwds={"groups": complete.island}, use_t=True))
complete = complete.assign(exposure=np.log(complete.flipper_length_mm))
show("quantile", smf.quantreg("body_mass_g ~ bill_length_mm", complete).fit(q=0.25))
kinds = complete.assign(kind=complete.species.astype("category").cat.codes)
multinomial = smf.mnlogit("kind ~ bill_length_mm", kinds).fit(disp=0, tol=1e-12, maxiter=100)
print("multinomial", multinomial.llf, multinomial.params.to_numpy().T.ravel().tolist())
model = smf.mnlogit("kind ~ bill_length_mm", kinds)
for options in [{"cov_type": "HC0"}, {"cov_type": "cluster", "cov_kwds": {"groups": kinds.island}}]:
    robust = model.fit(disp=0, tol=1e-12, maxiter=100, **options)
    print("multinomial", options["cov_type"], robust.bse.to_numpy().T.ravel().tolist())

x = complete[["bill_length_mm", "bill_depth_mm", "flipper_length_mm", "year"]]
deviation = x.std(ddof=0)
lasso = Lasso(alpha=10.0, tol=1e-14, max_iter=1_000_000).fit(x / deviation, complete.body_mass_g)
print("lasso", lasso.intercept_, list(lasso.coef_ / deviation))
