//! The report as one JSON object.

use serde_json::{Map, Value, json};

use super::{Coefficient, Diagnostic, Fact, HeavyRow, Part, Report};

impl Report {
    /// The report as one object: facts and what was done by their names, the rest in lists.
    pub fn json(&self) -> Value {
        let mut object = Map::new();
        object.insert("command".into(), json!(self.command));
        object.insert("version".into(), json!(env!("CARGO_PKG_VERSION")));
        object.insert("source".into(), json!(self.source));
        object.insert("target".into(), json!(self.target));
        object.insert("method".into(), json!(self.method));
        object.insert("answer".into(), json!(self.answer));
        object.insert("equation".into(), json!(self.equation));
        object.insert("level".into(), json!(self.level));
        object.insert("statistic".into(), json!(self.statistic));
        object.insert("covariance".into(), json!(self.covariance));
        object.extend(self.facts.iter().chain(&self.course).map(named));
        object.insert("coefficients".into(), self.coefficients.iter().map(coefficient).collect());
        object.extend(self.parts.iter().map(part));
        object.insert("diagnostics".into(), Value::Object(self.diagnostics.iter().map(diagnostic).collect()));
        object.insert("heaviest_rows".into(), self.rows.iter().map(row).collect());
        object.insert("warnings".into(), json!(self.warnings));
        object.insert("files".into(), json!(self.files));
        Value::Object(object)
    }
}

fn named(fact: &Fact) -> (String, Value) {
    (fact.key.into(), fact.value.json())
}

fn coefficient(c: &Coefficient) -> Value {
    let mut object = json!({
        "term": c.term,
        "estimate": c.estimate,
        "std_error": c.std_error,
        "statistic": c.statistic,
        "p_value": c.p_value,
        "lower": c.lower,
        "upper": c.upper,
        "baseline": c.baseline,
    });
    for (key, number) in [("exact", c.exact), ("variance_inflation", c.inflation)] {
        if let Some(number) = number {
            object[key] = json!(number);
        }
    }
    object
}

fn part(part: &Part) -> (String, Value) {
    let mut object = json!({"rows": part.rows, "rmse": part.rmse, "mae": part.mae, "r2": part.r2});
    for (key, number) in
        [("mean_deviance", part.deviance), ("log_loss", part.log_loss), ("accuracy", part.accuracy)]
    {
        if let Some(number) = number {
            object[key] = json!(number);
        }
    }
    (part.key.into(), object)
}

fn diagnostic(d: &Diagnostic) -> (String, Value) {
    let object = json!({
        "name": d.name,
        "statistic": d.statistic,
        "p_value": d.p_value,
        "doubtful": d.doubtful,
        "meaning": d.meaning,
    });
    (d.key.into(), object)
}

fn row(row: &HeavyRow) -> Value {
    json!({
        "row": row.row,
        "line": row.line,
        "actual": row.actual,
        "predicted": row.predicted,
        "residual": row.residual(),
        "share_of_loss": row.share,
        "leverage": row.leverage,
        "standardized_residual": row.standardized,
        "cooks_distance": row.cooks_distance,
    })
}
