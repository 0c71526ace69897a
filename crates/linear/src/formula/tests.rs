//! What formulas are read as, and in which words they are refused.

use super::*;
use crate::observations::Observations;
use ndgrad_array::Error;
use ndgrad_data::Table;
use proptest::prelude::*;

const TEXT: &str = "y,x,z,g,id,gap\n1,1,-1,a,p,NA\n2,2,0,b,q,NA\n4,3,2,a,r,NA\n3,5,1,b,s,NA\n7,4,,b,t,NA\n";

fn table(text: &str) -> Table {
    Table::from_csv("t.csv", text.as_bytes()).unwrap()
}

fn learn(formula: &str, text: &str, options: &DesignOptions) -> Result<DesignInfo> {
    Formula::parse(formula)?.learn(&mut &table(text), options)
}

fn observe(formula: &str, text: &str, options: &DesignOptions) -> Result<crate::InMemory> {
    learn(formula, text, options)?.observe(&table(text)).collect()
}

fn refusal(formula: &str) -> String {
    observe(formula, TEXT, &DesignOptions::default()).unwrap_err().to_string()
}

#[test]
fn refusals_name_the_place_and_the_remedy() {
    // The first line of the message, the marked part of the formula, a part of the remedy.
    let cases = [
        ("", "it is empty", "", "target ~ terms"),
        ("y", "it has no ~", "y", "target ~ terms"),
        ("~ x", "nothing stands before the ~", "~", "target ~ terms"),
        ("y ~", "nothing stands after the ~", "", "`~ 1`"),
        ("y ~ x ~ z", "there is a second ~", "~", "target ~ terms"),
        ("y ~ (x + z", "this ( is never closed", "(", "add a )"),
        ("y ~ x)", "this ) closes nothing", ")", "take it out"),
        ("y ~ x +", "the formula ends where a term should stand", "", "write a term here"),
        ("y ~ x z", "there is z where an operator such as + between terms should stand", "z", "operator"),
        ("y ~ x $ z", "'$' means nothing in a formula", "$", "backticks"),
        ("y ~ `x", "the ` is never closed", "`", "another `"),
        ("y ~ ``", "nothing stands between the quotes", "``", "name"),
        ("y ~ 2x", "a number and letters stand together", "2x", "`2x`"),
        ("y ~ 1e999", "the number is too large", "1e999", "1.8e308"),
        ("y ~ 2", "a number is no term", "2", "I(2 * x)"),
        ("y ~ -x", "there is nothing to take this from", "-", "I(-x)"),
        ("y ~ x^0", "the power of terms is a whole number from 1 to 20", "0", "I(x^2)"),
        ("y ~ (1 + x):z", "the intercept cannot be joined with anything", ":", "outside"),
        ("y ~ sqr(x)", "there is no function \"sqr\"; did you mean \"sqrt\"?", "sqr", "sqrt"),
        (
            "y ~ log(poly(x, 2))",
            "poly gives several columns, so it stands for itself",
            "poly",
            "term of its own",
        ),
        (
            "y ~ poly(x, 0)",
            "the degree of a polynomial is a whole number from 1 to 20",
            "poly(x, 0)",
            "poly(x, 2)",
        ),
        ("y ~ bs(x)", "bs needs df or knots", "bs(x)", "df = 5"),
        ("y ~ bs(x, df = 2)", "df is too small for splines of degree 3", "bs(x, df = 2)", "at least 3"),
        ("y ~ bs(x, df = 1.5)", "df is a whole number up to 1000", "1.5", "df = 5"),
        ("y ~ bs(x, d = 5)", "there is no option \"d\"; did you mean \"df\"?", "d", "df, knots"),
        ("y ~ bs(x, 5, [1, 2, 3])", "df = 5 takes 2 knots, not 3", "bs(x, 5, [1, 2, 3])", "leave out"),
        ("y ~ bs(x, knots = c(2, 9))", "the knot 9 lies outside of the numbers, 1 to 5", "x", "within"),
        ("y ~ bs(x, df = 4, upper_bound = 4)", "5 lies outside of the bounds 1 and 4", "x", "bounds"),
        ("y ~ bs(I(x * 0), df = 4)", "splines between 0 and 0 have no pieces", "x", "leave them out"),
        ("y ~ log(bs(x, 3))", "bs gives several columns, so it stands for itself", "bs", "term of its own"),
        ("y ~ scale(x, ddof = 2)", "ddof is 0 or 1", "scale(x, ddof = 2)", "ddof = 1"),
        ("y ~ C(g, Som)", "there is no contrast \"Som\"; did you mean \"Sum\"?", "Som", "Helmert"),
        ("y ~ C(g, Helmert(\"a\"))", "Helmert takes no level", "(", "write Helmert"),
        ("C(g, Sum) ~ x", "a target has no contrast", "C", "C(target)"),
        ("y ~ log(\"x\")", "a text in quotes is no column here", "\"x\"", "Q("),
        ("y ~ Q(x)", "there is x where the name of a column in quotes should stand", "x", "quotes"),
        ("y ~ x + zz", "there is no column \"zz\"; did you mean \"z\"?", "zz", "the columns are \"y\""),
        ("y ~ C(g, Treatment(\"c\"))", "there is no level \"c\"", "g", "\"a\", \"b\""),
        ("y ~ poly(x, 6)", "x has too few different values for poly(x, 6)", "x", "degree"),
        ("y ~ C(gap)", "C(gap) has no value in the rows used", "gap", "leave it out"),
    ];
    for (formula, message, marked, remedy) in cases {
        let error = if formula == "y ~ C(gap)" {
            let options = DesignOptions { missing: Missing::Mean, ..DesignOptions::default() };
            observe(formula, TEXT, &options).unwrap_err().to_string()
        } else {
            refusal(formula)
        };
        let lines = Vec::from_iter(error.lines());
        assert_eq!(lines[0], format!("formula: {message}"), "{formula}");
        let (shown, carets) = (lines[1], lines[2]);
        let start = carets.find('^').unwrap();
        let under: String = shown.chars().skip(start).take(carets.trim().len()).collect();
        assert_eq!(under, marked, "{error}");
        assert!(lines[3].contains(remedy), "{error}");
    }
}

#[test]
fn values_that_cannot_be_are_named_with_their_line() {
    assert_eq!(
        refusal("y ~ x + log(z)"),
        "t.csv:2: column \"z\": log(z) is NaN where z is -1\n    \
         take such rows out, or use a function that is finite there"
    );
    assert!(refusal("log(y - 1) ~ x").starts_with("t.csv:2: column \"y\": log(y - 1) is -inf where y is 1"));
    assert!(refusal("y ~ I(x^400)").contains("x^400 is 7.05"), "{}", refusal("y ~ I(x^400)"));
    assert!(refusal("y ~ log(g)").starts_with("t.csv:2: column \"g\": \"a\" is not a number"));
    assert!(refusal("g ~ x").starts_with("t.csv:2: column \"g\": \"a\" is not a number"));
    let weights = DesignOptions { weights: Some("z".into()), ..DesignOptions::default() };
    let error = observe("y ~ x", TEXT, &weights).unwrap_err().to_string();
    assert!(error.starts_with("t.csv:2: column \"z\": -1 cannot stand here"), "{error}");
    let weights = DesignOptions { weights: Some("w".into()), ..DesignOptions::default() };
    let error = observe("y ~ x", TEXT, &weights).unwrap_err().to_string();
    assert!(error.starts_with("weights: there is no column \"w\""), "{error}");
    assert!(refusal("y ~ gap").starts_with("all 5 rows were dropped"), "{}", refusal("y ~ gap"));
    assert!(refusal("y ~ gap").contains("\"gap\" has the most gaps (5)"));
}

#[test]
fn names_of_rows_are_no_categories() {
    let error = refusal("y ~ id");
    assert!(error.starts_with("column \"id\": it has 5 levels in 5 rows; it tells rows apart"), "{error}");
    let design = learn("y ~ .", TEXT, &DesignOptions::default()).unwrap();
    assert_eq!(design.names(), ["g[b]", "x", "z"]);
    assert_eq!(design.warnings().len(), 2);
    assert!(design.warnings()[0].contains("\"gap\" was left out: it has no value"));
    assert_eq!(learn("y ~ C(id)", TEXT, &DesignOptions::default()).unwrap().names().len(), 4);
    let mixed = "y,x\n1,1\n2,2\n3,oops\n4,4\n";
    let error = learn("y ~ x", mixed, &DesignOptions::default()).unwrap_err().to_string();
    assert!(error.starts_with("t.csv:4: column \"x\": \"oops\" is not a number"), "{error}");
}

#[test]
fn gaps_are_dropped_or_filled() {
    let dropped = observe("y ~ x + z", TEXT, &DesignOptions::default()).unwrap();
    assert_eq!((dropped.y, dropped.x[..2].to_vec()), (vec![1.0, 2.0, 4.0, 3.0], vec![1.0, -1.0]));
    let text = "y,z,g\n1,1,a\n2,,b\n3,3,\n,9,b\n4,5,a\n5,3,b\n";
    let options = DesignOptions { missing: Missing::Mean, ..DesignOptions::default() };
    let filled = observe("y ~ z + g", text, &options).unwrap();
    assert_eq!(filled.names, ["g[b]", "z"]);
    // The mean of 1, 3, 5, 3; of a and b, both twice, the first.
    assert_eq!(filled.x, [0.0, 1.0, 1.0, 3.0, 0.0, 3.0, 0.0, 5.0, 1.0, 3.0]);
    let design = learn("y ~ z + g", text, &options).unwrap();
    let all = table(text);
    let mut observed = design.observe(&all);
    observed.pass(&mut |_| Ok(())).unwrap();
    assert_eq!((observed.rows(), observed.dropped()), (5, 1));
}

#[test]
fn rows_to_predict_need_no_target_and_known_levels() {
    let design = learn("y ~ scale(x) + g", TEXT, &DesignOptions::default()).unwrap();
    let rows = design.encode(&table("g,x\nb,3\n,1\na,NA\na,3\n")).unwrap();
    assert_eq!((rows.rows, rows.x), (vec![0, 3], vec![1.0, 0.0, 0.0, 0.0]));
    let error = design.encode(&table("g,x\nc,3\n")).unwrap_err().to_string();
    assert!(error.starts_with("t.csv:2: column \"g\": the model has not seen the category \"c\""), "{error}");
    // Numbers as categories are known by their value, however they are written.
    let years = learn("y ~ C(x)", TEXT, &DesignOptions::default()).unwrap();
    assert_eq!(years.names()[0], "C(x)[2]");
    assert_eq!(years.encode(&table("x\n2.0\n")).unwrap().x, [1.0, 0.0, 0.0, 0.0]);
}

#[test]
fn splines_are_those_of_the_knots_learned() {
    let design = learn("y ~ bs(x, df = 2, degree = 1)", TEXT, &DesignOptions::default()).unwrap();
    // Knots at 1, 3 and 5, the least, the median and the largest.
    assert_eq!(design.encode(&table("x\n2\n4.5\n5\n")).unwrap().x, [0.5, 0.0, 0.25, 0.75, 0.0, 1.0]);
    let error = design.encode(&table("x\n2\n6\n")).unwrap_err().to_string();
    assert!(
        error.starts_with(
            "t.csv:3: column \"x\": x is 6, outside of 1 to 5, for which bs(x, df = 2, degree = 1)"
        ),
        "{error}"
    );
    let good = design.to_json();
    for (key, value) in [("bounds", ["1", "2"]), ("knots", ["3", "4"]), ("bounds", ["5", "1"])] {
        let mut bad = good.clone();
        bad["factors"][0]["spline"][key] = serde_json::json!(value);
        assert!(DesignInfo::from_json(&bad).is_err(), "{key} {value:?}");
    }
}

/// More columns than one factor had before there were splines.
#[test]
fn products_of_wide_factors_have_all_their_columns() {
    let rows = Vec::from_iter((0..90).map(|row| format!("{row},{row},{}\n", ["a", "b"][row % 2])));
    let rows =
        observe("y ~ bs(x, 40):g", &format!("y,x,g\n{}", rows.concat()), &DesignOptions::default()).unwrap();
    assert_eq!((rows.names.len(), rows.y.len()), (80, 90));
    let sum = |row: usize, level: usize| rows.x[row * 80 + 40 * level..][..40].iter().sum::<f64>();
    for row in 1..90 {
        assert_eq!(sum(row, 1 - row % 2), 0.0);
        assert!((sum(row, row % 2) - 1.0).abs() < 1e-12 || row < 3, "{row}");
    }
}

/// Columns of a file that no table holds: lists in a Parquet file.
#[test]
fn columns_that_cannot_be_read_are_left_out_with_a_warning() {
    struct WithList(Table);
    impl TableSource for WithList {
        fn columns(&mut self) -> Result<Vec<ColumnInfo>> {
            let unfit = Some("its values of type List(Int64) cannot be read".to_string());
            let list = ColumnInfo { name: "list".into(), is_category: false, unfit };
            Ok(std::iter::once(list).chain(TableSource::columns(&mut &self.0)?).collect())
        }

        fn pass(&mut self, names: &[String], visit: &mut dyn FnMut(&Table) -> Result<()>) -> Result<()> {
            TableSource::pass(&mut &self.0, names, visit)
        }
    }
    let mut source = WithList(table("y,x\n1,2\n2,4\n3,5\n"));
    let design = Formula::all("y").learn(&mut source, &DesignOptions::default()).unwrap();
    assert_eq!(design.names(), ["x"]);
    assert_eq!(
        design.warnings(),
        ["feature \"list\" was left out: its values of type List(Int64) cannot be read"]
    );
    let design = Formula::parse("y ~ x").unwrap().learn(&mut source, &DesignOptions::default()).unwrap();
    assert_eq!(design.warnings(), [] as [&str; 0]);
}

#[test]
fn weights_offsets_clusters_and_targets_of_categories() {
    let options = DesignOptions {
        weights: Some("x".into()),
        offset: Some("y".into()),
        clusters: Some("id".into()),
        category_target: true,
        ..DesignOptions::default()
    };
    let text = "g,y,x,id,z\nno,1,1,u,5\nyes,2,2,v,6\nno,3,3,u,7\n";
    let rows = observe("g ~ .", text, &options).unwrap();
    assert_eq!((rows.names, rows.y), (vec!["z".to_string()], vec![0.0, 1.0, 0.0]));
    assert_eq!(rows.weights.unwrap(), [1.0, 2.0, 3.0]);
    assert_eq!(rows.offset.unwrap(), [1.0, 2.0, 3.0]);
    assert_eq!(rows.clusters.unwrap(), [0, 1, 0]);
}

#[test]
fn hostile_formulas_are_refused() {
    for text in [
        "(".repeat(100_000),
        format!("y ~ {}x", "log(".repeat(100_000)),
        format!("y ~ I({}x)", "-".repeat(100_001)),
        format!("y ~ I({}x)", "x^".repeat(100_000)),
        format!("y ~ I({}x)", "x+".repeat(100_000)),
        format!("y ~ {}x", "x:".repeat(100_000)),
        format!("y ~ {}x", "(".repeat(100_000)),
        format!("y ~ ({}x)^20", (0..200).map(|i| format!("x{i}+")).collect::<String>()),
    ] {
        let result = Formula::parse(&text)
            .and_then(|formula| formula.learn(&mut &table(TEXT), &DesignOptions::default()));
        assert!(result.is_err() || text.contains('-'), "{}", &text[..20]);
    }
    let names = Vec::from_iter((0..300).map(|i| format!("x{i}")));
    let formula = Formula::parse(&format!("y ~ ({})^3", names.join("+"))).unwrap();
    let error = terms::Terms::of(&formula.text, &formula.terms, &[]).unwrap_err();
    assert!(error.to_string().contains("more than 20000 terms"), "{error}");
}

#[test]
fn a_formula_of_thousands_of_columns_is_read() {
    let names = Vec::from_iter((0..5000).map(|i| format!("x{i}")));
    let formula = Formula::of("y", names.clone());
    assert_eq!(formula, Formula::parse(&format!("y~{}", names.join("+"))).unwrap());
}

#[test]
fn a_file_gives_the_rows_that_its_table_gives() -> Result<()> {
    let rows = (0..20_000).map(|i| format!("{},{},{}\n", i * 7 % 13, (i * i) % 1009, ["p", "q", "r"][i % 3]));
    let text = format!("y,x,g\n{}", rows.collect::<String>());
    let source = ndgrad_data::Source::from_reader(
        "t.csv",
        text.as_bytes(),
        &ndgrad_data::Options::new().batch_bytes(1 << 16),
    )?;
    let formula = Formula::parse("y ~ poly(x, 2) * g + center(x)")?;
    let from_file = formula.learn(&mut &source, &DesignOptions::default())?;
    let from_table = formula.learn(&mut &table(&text), &DesignOptions::default())?;
    assert_eq!(from_file, from_table);
    let mut blocks = 0;
    let mut observed = from_file.observe(&source);
    observed.pass(&mut |_| {
        blocks += 1;
        Ok(())
    })?;
    assert!(blocks > 1);
    let (a, b) = (observed.collect()?, from_table.observe(&table(&text)).collect()?);
    assert_eq!((a.x, a.y), (b.x, b.y));
    Ok(())
}

#[test]
fn damaged_designs_are_refused() {
    let design = learn("y ~ poly(x, 2) + scale(z) + g", TEXT, &DesignOptions::default()).unwrap();
    let good = design.to_json();
    assert_eq!(DesignInfo::from_json(&good).unwrap(), design);
    for (key, value) in [
        ("formula", serde_json::json!("y ~ (")),
        ("factors", serde_json::json!([])),
        ("all", serde_json::json!(1)),
        ("missing", serde_json::json!("?")),
        ("fills", serde_json::json!([1])),
    ] {
        let mut bad = good.clone();
        bad[key] = value;
        assert!(DesignInfo::from_json(&bad).is_err(), "{key}");
    }
    let mut bad = good.clone();
    bad["factors"][0]["poly"]["start"] = "inf".into();
    assert!(DesignInfo::from_json(&bad).unwrap_err().contains("not a finite number"));
}

/// Texts of formulas, most of them well formed.
fn formulas() -> impl Strategy<Value = String> {
    let name = prop_oneof!["[a-c]", Just("`a b`".to_string()), Just("Q(\"x y\")".to_string())];
    let number = prop_oneof![Just("2".to_string()), Just("0.5".to_string()), Just("1e-7".to_string())];
    let arithmetic = prop_oneof![name.clone(), number].prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), "[-+*/^]", inner.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.clone().prop_map(|a| format!("-{a}")),
            ("log|sqrt|center|scale|I", inner).prop_map(|(f, a)| format!("{f}({a})")),
        ]
    });
    let term = prop_oneof![
        name,
        Just("1".to_string()),
        Just("0".to_string()),
        Just(".".to_string()),
        arithmetic.clone().prop_map(|a| format!("I({a})")),
        arithmetic.clone().prop_map(|a| format!("poly({a}, 3)")),
        arithmetic.clone().prop_map(|a| format!("bs({a}, degree = 2, knots = c(0.5, -1e-7), df = 4)")),
        arithmetic.clone().prop_map(|a| format!("bs({a}, 4, lower_bound = -1e3, upper_bound = 1e9)")),
        arithmetic.prop_map(|a| format!("C({a}, Treatment(\"q\"))")),
    ];
    let terms = term.prop_recursive(4, 24, 3, |inner| {
        prop_oneof![
            (inner.clone(), "[-+*/:]", inner.clone()).prop_map(|(a, op, b)| format!("{a} {op} {b}")),
            (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a} %in% ({b})")),
            inner.clone().prop_map(|a| format!("({a})")),
            inner.prop_map(|a| format!("({a})^2")),
        ]
    });
    terms.prop_map(|terms| format!("log(y) ~ {terms}"))
}

proptest! {
    #[test]
    fn what_is_printed_is_read_again(text in formulas()) {
        if let Ok(formula) = Formula::parse(&text) {
            let printed = formula.to_string();
            let again = Formula::parse(&printed).map_err(|error| TestCaseError::fail(format!("{error}")))?;
            prop_assert_eq!(&again, &formula, "{}", printed);
            prop_assert_eq!(again.to_string(), printed);
        }
    }

    #[test]
    fn nothing_makes_the_parser_panic(text in "(\\PC|[-+*/^:~().,`'\"%= a-c0-9I]){0,40}") {
        if let Err(error) = Formula::parse(&text) {
            prop_assert!(matches!(error, Error::Data(_)));
        }
    }

    #[test]
    fn nothing_makes_learning_panic(text in formulas()) {
        if let Ok(formula) = Formula::parse(&text) {
            let data = table("y,a,b,c,a b,x y\n1,1,p,2,3,1\n2,2,q,1,5,1\n3,4,q,3,2,2\n");
            if let Ok(design) = formula.learn(&mut &data, &DesignOptions::default()) {
                let _ = design.observe(&data).collect();
                let json = design.to_json();
                prop_assert_eq!(DesignInfo::from_json(&json), Ok(design));
            }
        }
    }
}
