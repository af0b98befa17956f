//! The file of a model: a table with the columns `algo`, `model` and `options` and one row.
//!
//! Models with scikit-learn's numbers are read and written as MLTK does. How MLTK stores a
//! `DensityFunction` or a `LogisticRegression` is not known: such a model is kept in a form of
//! Sepal's own, under a name of its own, and MLTK's is refused.

use super::density::{Density, Dist, Group, Tails};
use super::kde::{Kde, MOST_POINTS};
use super::linear::{self, Linear};
use super::logistic::{self, Logistic};
use super::scaler::{self, Scale, Scaler};
use super::{Model, density, npy};
use serde_json::{Value as Json, json};
use std::io::{self, Write};

/// Why a file gives no model.
#[derive(Debug)]
pub enum Unreadable {
    /// It is a model, but one that is not supported: its algorithm.
    Unsupported(String),
    /// It is no model.
    Broken(String),
}

type Read<T> = Result<T, Unreadable>;

fn broken(why: impl Into<String>) -> Unreadable {
    Unreadable::Broken(why.into())
}

/// The module that Sepal's own models name.
const OWN: &str = "sepal.DensityFunction";
const OWN_LOGISTIC: &str = "sepal.LogisticRegression";

/// Reads a model.
///
/// # Errors
/// Why it cannot be used.
pub fn read(bytes: &[u8]) -> Read<Model> {
    let mut table = csv::ReaderBuilder::new().from_reader(bytes);
    let names = table.headers().map_err(|e| broken(e.to_string()))?.clone();
    let row = table.records().next().ok_or_else(|| broken("it has no row"))?;
    let row = row.map_err(|e| broken(e.to_string()))?;
    let cell = |name: &str| {
        let place = names.iter().position(|n| n == name);
        let cell = place.and_then(|p| row.get(p));
        cell.ok_or_else(|| broken(format!("it has no column `{name}`")))
    };
    let (algorithm, text) = (cell("algo")?, cell("model")?);
    let others = [scaler::NAME, density::NAME, logistic::NAME];
    let known = linear::NAMES.contains(&algorithm) || others.contains(&algorithm);
    if !known {
        return Err(Unreadable::Unsupported(algorithm.to_owned()));
    }
    let model: Json = serde_json::from_str(text).map_err(|e| broken(e.to_string()))?;
    let module = model.pointer("/__mlspl_type/0").and_then(Json::as_str).unwrap_or_default();
    let dict = model.get("dict").ok_or_else(|| broken("its model has no `dict`"))?;
    match algorithm {
        scaler::NAME => read_scaler(dict).map(Model::Scaler),
        density::NAME if module == OWN => read_density(dict).map(Model::Density),
        density::NAME => Err(Unreadable::Unsupported("DensityFunction trained by MLTK".to_owned())),
        logistic::NAME if module == OWN_LOGISTIC => read_logistic(dict).map(Model::Logistic),
        logistic::NAME => {
            Err(Unreadable::Unsupported("LogisticRegression trained by MLTK".to_owned()))
        }
        _ => read_linear(algorithm, dict).map(Model::Linear),
    }
}

fn text(json: &Json, key: &str) -> Read<String> {
    let found = json.get(key).and_then(Json::as_str).map(str::to_owned);
    found.ok_or_else(|| broken(format!("its model has no `{key}`")))
}

fn texts(json: &Json, key: &str) -> Read<Vec<String>> {
    let missing = || broken(format!("its model has no list `{key}`"));
    let list = json.get(key).and_then(Json::as_array).ok_or_else(missing)?;
    list.iter().map(|v| v.as_str().map(str::to_owned).ok_or_else(missing)).collect()
}

fn flag(json: &Json, key: &str) -> bool {
    json.get(key).and_then(Json::as_bool).unwrap_or(true)
}

/// A number, or an array of them in base64; none for null.
fn numbers(json: &Json, key: &str) -> Read<Option<Vec<f64>>> {
    let missing = || broken(format!("its model has no numbers `{key}`"));
    match json.get(key) {
        None => Err(missing()),
        Some(Json::Null) => Ok(None),
        Some(Json::Number(n)) => Ok(Some(vec![n.as_f64().ok_or_else(missing)?])),
        Some(array) => {
            let array = array.get("npy").and_then(Json::as_str).ok_or_else(missing)?;
            let all = npy::decode(array).map_err(broken)?;
            match all.iter().all(|n| n.is_finite()) {
                true => Ok(Some(all)),
                false => Err(broken(format!("a number of `{key}` is not finite"))),
            }
        }
    }
}

fn array(numbers: &[f64]) -> Json {
    json!({"__mlspl_type": ["numpy", "ndarray"], "npy": npy::encode(numbers)})
}

fn read_linear(algorithm: &str, dict: &Json) -> Read<Linear> {
    let estimator = dict.pointer("/estimator/dict").ok_or_else(|| broken("it has no estimator"))?;
    let columns = texts(dict, "columns")?;
    let fields = texts(dict, "feature_variables")?;
    let coefficients = numbers(estimator, "coef_")?.unwrap_or_default();
    let intercept = numbers(estimator, "intercept_")?.unwrap_or_else(|| vec![0.0]);
    let [intercept] = intercept.as_slice() else {
        return Err(Unreadable::Unsupported(format!("{algorithm} with several targets")));
    };
    if columns.len() != coefficients.len() {
        let (a, b) = (columns.len(), coefficients.len());
        return Err(broken(format!("it has {a} columns, but {b} coefficients")));
    }
    let columns = columns.into_iter().zip(coefficients).collect();
    Linear::new(algorithm, &text(dict, "target_variable")?, columns, *intercept, &fields)
        .ok_or_else(|| broken("a column belongs to none of its fields"))
}

fn read_logistic(dict: &Json) -> Read<Logistic> {
    let (columns, fields) = (texts(dict, "columns")?, texts(dict, "feature_variables")?);
    let target = text(dict, "target_variable")?;
    let all = numbers(dict, "coef_")?.unwrap_or_default();
    let at = numbers(dict, "intercept_")?.unwrap_or_default();
    if columns.is_empty() || columns.len().checked_mul(at.len()) != Some(all.len()) {
        return Err(broken("it has not as many coefficients as there are columns"));
    }
    let sum = |(numbers, at): (&[f64], &f64)| {
        let columns = columns.iter().cloned().zip(numbers.iter().copied()).collect();
        Linear::new(logistic::NAME, &target, columns, *at, &fields)
    };
    let sums: Option<Vec<Linear>> = all.chunks_exact(columns.len()).zip(&at).map(sum).collect();
    let sums = sums.ok_or_else(|| broken("a column belongs to none of its fields"))?;
    Logistic::new(texts(dict, "classes")?, sums, flag(dict, "probabilities"))
        .ok_or_else(|| broken("it has not as many sums as its classes need"))
}

fn read_scaler(dict: &Json) -> Read<Scaler> {
    let estimator = dict.pointer("/estimator/dict").ok_or_else(|| broken("it has no estimator"))?;
    let columns = texts(dict, "columns")?;
    if columns != texts(dict, "feature_variables")? {
        return Err(Unreadable::Unsupported("StandardScaler of text fields".to_owned()));
    }
    let (with_mean, with_std) = (flag(estimator, "with_mean"), flag(estimator, "with_std"));
    let list = |key: &str, wanted: bool, other: f64| -> Read<Vec<f64>> {
        let found = numbers(estimator, key)?.filter(|_| wanted);
        let found = found.unwrap_or_else(|| vec![other; columns.len()]);
        match found.len() == columns.len() {
            true => Ok(found),
            false => Err(broken(format!("`{key}` has not as many numbers as there are columns"))),
        }
    };
    let mean = list("mean_", with_mean, 0.0)?;
    let (scale, var) = (list("scale_", with_std, 1.0)?, list("var_", with_std, 1.0)?);
    let fields = columns.iter().zip(mean).zip(scale.into_iter().zip(var));
    let fields =
        fields.map(|((f, mean), (scale, var))| Scale { field: f.into(), mean, var, scale });
    Ok(Scaler { fields: fields.collect(), with_mean, with_std })
}

fn read_density(dict: &Json) -> Read<Density> {
    let by = texts(dict, "by")?;
    let tails = numbers(dict, "threshold")?;
    let side =
        |key: &str| Ok::<_, Unreadable>(numbers(dict, key)?.and_then(|n| n.first().copied()));
    let tails = match tails.as_deref() {
        Some([p]) => Tails::Lowest(*p),
        _ => Tails::Sides(side("lower_threshold")?, side("upper_threshold")?),
    };
    let groups = dict.get("groups").and_then(Json::as_array);
    let groups = groups.ok_or_else(|| broken("its model has no groups"))?;
    let groups: Vec<Group> = groups.iter().map(|g| read_group(g, by.len())).collect::<Read<_>>()?;
    let by = by.iter().map(Into::into).collect();
    let show = flag(dict, "show_density");
    Ok(Density::new(text(dict, "field")?.into(), by, tails, show, groups))
}

fn read_group(group: &Json, names: usize) -> Read<Group> {
    let by = texts(group, "by")?;
    let wrong = || broken("a group of its model is wrong");
    let params = numbers(group, "params")?.ok_or_else(wrong)?;
    let dist = match (text(group, "dist")?.as_str(), params.as_slice()) {
        ("norm", [_, size, ..]) | ("expon", [_, size, ..]) | ("gaussian_kde", [size, ..])
            if !size.is_normal() || *size < 0.0 =>
        {
            return Err(wrong());
        }
        ("norm", [mean, std, ..]) => Dist::Norm(*mean, *std),
        ("expon", [loc, scale, ..]) => Dist::Expon(*loc, *scale),
        ("gaussian_kde", [bandwidth, ..]) => {
            let points = numbers(group, "points")?.ok_or_else(wrong)?;
            let weights = numbers(group, "weights")?.ok_or_else(wrong)?;
            let sorted = points.is_sorted() && points.len() == weights.len();
            if points.is_empty()
                || points.len() > MOST_POINTS
                || !sorted
                || weights.iter().any(|w| *w <= 0.0)
            {
                return Err(wrong());
            }
            Dist::Kde(Kde::new(points.into_iter().zip(weights).collect(), *bandwidth))
        }
        _ => return Err(wrong()),
    };
    let ends = numbers(group, "ends")?.ok_or_else(wrong)?;
    let ([min, max], true) = (ends.as_slice(), by.len() == names) else { return Err(wrong()) };
    let count = group.get("count").and_then(Json::as_u64).ok_or_else(wrong)?;
    Ok(Group { by, dist, auto: flag(group, "auto"), count, ends: (*min, *max) })
}

fn model_json(model: &Model) -> Json {
    match model {
        Model::Linear(m) => {
            let (names, numbers): (Vec<&String>, Vec<f64>) =
                m.columns.iter().map(|(n, c)| (n, *c)).unzip();
            json!({"__mlspl_type": [format!("algos.{}", m.algorithm), m.algorithm], "dict": {
                "estimator": {
                    "__mlspl_type": ["sklearn.linear_model._base", "LinearRegression"],
                    "dict": {"fit_intercept": true, "copy_X": true, "n_jobs": null,
                        "intercept_": m.intercept, "coef_": array(&numbers)}},
                "columns": names, "target_variable": m.target,
                "feature_variables": m.inputs().iter().map(|f| f.as_str()).collect::<Vec<_>>()}})
        }
        Model::Logistic(m) => {
            let first = m.sums.first().map(|s| (&s.target, &s.columns));
            let (target, columns) = first.unzip();
            let columns = columns.into_iter().flatten().map(|(n, _)| n).collect::<Vec<_>>();
            let all = m.sums.iter().flat_map(|s| &s.columns).map(|(_, c)| *c);
            json!({"__mlspl_type": [OWN_LOGISTIC, logistic::NAME], "dict": {
                "classes": m.classes, "probabilities": m.probabilities,
                "coef_": array(&all.collect::<Vec<_>>()),
                "intercept_": array(&m.sums.iter().map(|s| s.intercept).collect::<Vec<_>>()),
                "columns": columns, "target_variable": target,
                "feature_variables": m.inputs().iter().map(|f| f.as_str()).collect::<Vec<_>>()}})
        }
        Model::Scaler(m) => {
            let list = |one: fn(&Scale) -> f64, wanted: bool| match wanted {
                true => array(&m.fields.iter().map(one).collect::<Vec<_>>()),
                false => Json::Null,
            };
            let names: Vec<&str> = m.fields.iter().map(|s| s.field.as_str()).collect();
            json!({"__mlspl_type": ["algos.StandardScaler", "StandardScaler"], "dict": {
                "estimator": {
                    "__mlspl_type": ["sklearn.preprocessing._data", "StandardScaler"],
                    "dict": {"with_mean": m.with_mean, "with_std": m.with_std, "copy": true,
                        "mean_": list(|s| s.mean, m.with_mean || m.with_std),
                        "var_": list(|s| s.var, m.with_std),
                        "scale_": list(|s| s.scale, m.with_std)}},
                "columns": names, "feature_variables": names}})
        }
        Model::Density(m) => {
            let group = |g: &Group| {
                let mut out = json!({"by": g.by, "auto": g.auto, "count": g.count,
                    "ends": array(&[g.ends.0, g.ends.1])});
                let (name, params) = match &g.dist {
                    Dist::Norm(mean, std) => ("norm", vec![*mean, *std]),
                    Dist::Expon(loc, scale) => ("expon", vec![*loc, *scale]),
                    Dist::Kde(kde) => {
                        let (points, weights): (Vec<f64>, Vec<f64>) =
                            kde.points.iter().copied().unzip();
                        out["points"] = array(&points);
                        out["weights"] = array(&weights);
                        ("gaussian_kde", vec![kde.bandwidth])
                    }
                };
                out["dist"] = name.into();
                out["params"] = array(&params);
                out
            };
            let one = |p: Option<f64>| p.map_or(Json::Null, |p| array(&[p]));
            let (both, lower, upper) = match m.tails {
                Tails::Lowest(p) => (Some(p), None, None),
                Tails::Sides(lower, upper) => (None, lower, upper),
            };
            json!({"__mlspl_type": [OWN, density::NAME], "dict": {
                "field": m.field.as_str(), "show_density": m.show_density,
                "by": m.by.iter().map(|f| f.as_str()).collect::<Vec<_>>(),
                "threshold": one(both), "lower_threshold": one(lower), "upper_threshold": one(upper),
                "groups": m.groups.iter().map(group).collect::<Vec<_>>()}})
        }
    }
}

/// Writes a model.
///
/// # Errors
/// What the system says.
pub fn write(model: &Model, name: &str, file: &mut dyn Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(file);
    let fields: Vec<&str> = model.inputs().iter().map(|f| f.as_str()).collect();
    let options =
        json!({"algo_name": model.algorithm(), "model_name": name, "feature_variables": fields});
    table.write_record(["algo", "model", "options"])?;
    table.write_record([
        model.algorithm(),
        &model_json(model).to_string(),
        &options.to_string(),
    ])?;
    table.flush()
}
