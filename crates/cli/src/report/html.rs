//! The report as one HTML page: no script, nothing from the network, light or dark as the reader's system is.

use std::fmt::{self, Display, Write};

use ndgrad::plot;

use super::{Coefficient, Diagnostic, Fact, HeavyRow, Part, Picture, Report, probability};
use crate::number::{count, significant};

const STYLE: &str = include_str!("page.css");

/// Coefficients that the page lists, at most: more are for machines to read.
const MOST_TERMS: usize = 500;

/// Text of which nothing is markup.
struct Escaped<T>(T);

impl<T: Display> Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for letter in self.0.to_string().chars() {
            match letter {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                '\n' | '\t' => f.write_char(letter)?,
                letter if letter.is_control() => f.write_char('\u{fffd}')?,
                letter => f.write_char(letter)?,
            }
        }
        Ok(())
    }
}

impl Report {
    /// The report as an HTML page.
    pub fn html(&self) -> String {
        let mut page = String::new();
        self.write_page(&mut page).expect("writing to a String cannot fail");
        page
    }

    fn write_page(&self, out: &mut String) -> fmt::Result {
        let target = Escaped(&self.target);
        writeln!(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">")?;
        writeln!(out, "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">")?;
        writeln!(out, "<title>A model of {target}</title>")?;
        writeln!(out, "<style>\n{STYLE}{}\n</style>\n</head>\n<body>\n<main>", plot::stylesheet())?;
        writeln!(
            out,
            "<header>\n<p class=\"kicker\">{} · {}</p>",
            Escaped(&self.method),
            Escaped(&self.source)
        )?;
        writeln!(
            out,
            "<h1>A model of {target}</h1>\n<p class=\"answer\">{}</p>\n</header>",
            Escaped(&self.answer)
        )?;
        self.write_warnings(out)?;
        section(out, "Equation", |out| writeln!(out, "<pre>{}</pre>", Escaped(&self.equation)))?;
        section(out, "How well it fits", |out| {
            facts(out, &self.facts)?;
            parts(out, &self.parts)
        })?;
        section(out, "Coefficients", |out| self.write_coefficients(out))?;
        if !self.diagnostics.is_empty() {
            section(out, "Can the numbers be believed?", |out| diagnostics(out, &self.diagnostics))?;
        }
        if !self.pictures.is_empty() {
            section(out, "Pictures", |out| pictures(out, &self.pictures))?;
        }
        if !self.rows.is_empty() {
            section(out, "Rows that the model misses most", |out| rows(out, &self.rows))?;
        }
        section(out, "How it was computed", |out| {
            facts(out, &self.course)?;
            writeln!(out, "<p class=\"note\">To compute it again:</p>")?;
            writeln!(out, "<pre class=\"command\">{}</pre>", Escaped(&self.command))
        })?;
        writeln!(out, "<footer>ndgrad {}</footer>", env!("CARGO_PKG_VERSION"))?;
        writeln!(out, "</main>\n</body>\n</html>")
    }

    fn write_warnings(&self, out: &mut String) -> fmt::Result {
        if self.warnings.is_empty() {
            return Ok(());
        }
        let title = if self.warnings.len() == 1 { "A warning" } else { "Warnings" };
        writeln!(out, "<section class=\"warnings\">\n<h2>{title}</h2>\n<ul>")?;
        self.warnings.iter().try_for_each(|warning| writeln!(out, "<li>{}</li>", Escaped(warning)))?;
        writeln!(out, "</ul>\n</section>")
    }

    fn write_coefficients(&self, out: &mut String) -> fmt::Result {
        let shown = &self.coefficients[..self.coefficients.len().min(MOST_TERMS)];
        let exact = shown.iter().any(|c| c.exact.is_some());
        let inflation = shown.iter().any(|c| c.inflation.is_some());
        let level = 100.0 * self.level;
        writeln!(out, "<div class=\"scroll\"><table>\n<thead><tr><th>term</th><th>estimate</th>")?;
        if exact {
            writeln!(out, "<th>exact</th>")?;
        }
        writeln!(out, "<th>std. error</th><th>{}</th><th>p</th>", self.statistic)?;
        writeln!(out, "<th colspan=\"2\">{level} % interval</th>")?;
        if inflation {
            writeln!(out, "<th title=\"variance inflation\">VIF</th>")?;
        }
        writeln!(out, "</tr></thead>\n<tbody>")?;
        for c in shown {
            self.write_coefficient(out, c, exact, inflation)?;
        }
        writeln!(out, "</tbody></table></div>")?;
        if self.coefficients.len() > shown.len() {
            let more = count(self.coefficients.len() - shown.len(), "more coefficient");
            writeln!(out, "<p class=\"note\">And {more}, which report.json lists.</p>")?;
        }
        let errors = match shown.iter().any(|c| !c.std_error.is_nan()) {
            true => format!(
                "The interval is where the true value plausibly lies; p is how probable an estimate this far from zero \
                 would be if the true value were zero. Terms whose interval leaves out zero are in bold. Standard \
                 errors: {}.",
                Escaped(&self.covariance)
            ),
            false => "Estimates found this way have no standard errors.".into(),
        };
        writeln!(
            out,
            "<p class=\"note\">An estimate is what one unit more of the term adds to the prediction, all others \
             staying as they are. {errors}</p>"
        )?;
        if let Some(scale) = &self.scale {
            writeln!(out, "<p class=\"note\">{}</p>", Escaped(scale))?;
        }
        if !self.baselines.is_empty() {
            let list = Escaped(self.baselines.join(", "));
            writeln!(out, "<p class=\"note\">Categories are compared: {list}.</p>")?;
        }
        Ok(())
    }

    fn write_coefficient(
        &self,
        out: &mut String,
        c: &Coefficient,
        exact: bool,
        inflation: bool,
    ) -> fmt::Result {
        let clear = c.lower > 0.0 || c.upper < 0.0;
        write!(out, "<tr class=\"{}\">", if clear { "clear" } else { "unclear" })?;
        cell(out, &c.term)?;
        cell(out, number(c.estimate, 6))?;
        if exact {
            cell(out, number(c.exact.unwrap_or(f64::NAN), 6))?;
        }
        cell(out, number(c.std_error, 4))?;
        cell(out, if c.statistic.is_nan() { "–".into() } else { format!("{:.2}", c.statistic) })?;
        cell(out, probability(c.p_value))?;
        cell(out, number(c.lower, 5))?;
        cell(out, number(c.upper, 5))?;
        if inflation {
            cell(out, c.inflation.map(|factor| number(factor, 3)).unwrap_or_default())?;
        }
        writeln!(out, "</tr>")
    }
}

fn section(out: &mut String, title: &str, body: impl FnOnce(&mut String) -> fmt::Result) -> fmt::Result {
    writeln!(out, "<section>\n<h2>{title}</h2>")?;
    body(out)?;
    writeln!(out, "</section>")
}

fn cell(out: &mut String, value: impl Display) -> fmt::Result {
    write!(out, "<td>{}</td>", Escaped(value))
}

/// The number with a true minus sign; a dash where there is none.
fn number(value: f64, digits: usize) -> String {
    if value.is_nan() { "–".into() } else { significant(value, digits).replacen('-', "−", 1) }
}

fn facts(out: &mut String, facts: &[Fact]) -> fmt::Result {
    writeln!(out, "<dl class=\"facts\">")?;
    for fact in facts {
        let (label, value) = (Escaped(fact.label), Escaped(fact.value.text()));
        writeln!(out, "<div><dt>{label}</dt><dd>{value}</dd></div>")?;
    }
    writeln!(out, "</dl>")
}

fn parts(out: &mut String, parts: &[Part]) -> fmt::Result {
    if parts.is_empty() {
        return Ok(());
    }
    writeln!(out, "<div class=\"scroll\"><table>\n<thead><tr><th>rows</th><th></th>")?;
    let (loss, accuracy) = (parts[0].loss(), parts[0].accuracy.is_some());
    // Classes have no distance.
    let metric = !parts[0].rmse.is_nan();
    let titles = [
        ("RMSE", metric),
        ("MAE", metric),
        ("R²", metric),
        (loss.map_or("", |(name, _)| name), loss.is_some()),
        ("outcomes foreseen", accuracy),
    ];
    let titles: String =
        titles.iter().filter(|(_, shown)| *shown).map(|(name, _)| format!("<th>{name}</th>")).collect();
    writeln!(out, "{titles}</tr></thead>\n<tbody>")?;
    for part in parts {
        write!(out, "<tr>")?;
        cell(out, part.name)?;
        cell(out, part.rows)?;
        if metric {
            cell(out, number(part.rmse, 5))?;
            cell(out, number(part.mae, 5))?;
            cell(out, part.r2.map_or("–".into(), |r2| format!("{r2:.6}")))?;
        }
        if let Some((_, loss)) = part.loss() {
            cell(out, number(loss, 5))?;
        }
        if accuracy {
            cell(out, format!("{:.1} %", 100.0 * part.accuracy.unwrap_or(f64::NAN)))?;
        }
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody></table></div>")
}

fn diagnostics(out: &mut String, all: &[Diagnostic]) -> fmt::Result {
    writeln!(out, "<div class=\"scroll\"><table>\n<thead><tr><th>test</th><th>statistic</th><th>p</th>")?;
    writeln!(out, "<th></th><th class=\"text\">what it says</th></tr></thead>\n<tbody>")?;
    for d in all {
        write!(out, "<tr>")?;
        cell(out, d.name)?;
        cell(out, number(d.statistic, 4))?;
        cell(out, d.p_value.map_or("–".into(), probability))?;
        write!(out, "<td class=\"flag\">{}</td>", if d.doubtful { "!" } else { "" })?;
        writeln!(out, "<td class=\"text\">{}</td></tr>", Escaped(&d.meaning))?;
    }
    writeln!(out, "</tbody></table></div>")
}

fn pictures(out: &mut String, pictures: &[Picture]) -> fmt::Result {
    writeln!(out, "<div class=\"pictures\">")?;
    for picture in pictures {
        // An SVG escapes what stands in it.
        let (svg, caption) = (picture.figure.to_html(), Escaped(&picture.caption));
        writeln!(out, "<figure>\n{svg}<figcaption>{caption}</figcaption>\n</figure>")?;
    }
    writeln!(out, "</div>")
}

fn rows(out: &mut String, rows: &[HeavyRow]) -> fmt::Result {
    let lines = rows.iter().any(|row| row.line.is_some());
    writeln!(out, "<div class=\"scroll\"><table>\n<thead><tr><th>row</th>")?;
    if lines {
        writeln!(out, "<th>line of the file</th>")?;
    }
    writeln!(out, "<th>actual</th><th>predicted</th><th>residual</th><th>part of the loss</th>")?;
    writeln!(out, "<th>leverage</th><th>Cook's distance</th></tr></thead>\n<tbody>")?;
    for row in rows {
        write!(out, "<tr>")?;
        cell(out, row.row)?;
        if lines {
            cell(out, row.line.map(|line| line.to_string()).unwrap_or_default())?;
        }
        cell(out, number(row.actual, 5))?;
        cell(out, number(row.predicted, 5))?;
        cell(out, number(row.residual(), 4))?;
        cell(out, format!("{:.1} %", 100.0 * row.share))?;
        cell(out, number(row.leverage.unwrap_or(f64::NAN), 3))?;
        cell(out, number(row.cooks_distance.unwrap_or(f64::NAN), 3))?;
        writeln!(out, "</tr>")?;
    }
    writeln!(out, "</tbody></table></div>")?;
    writeln!(
        out,
        "<p class=\"note\">Squared error lets a lone row pull the whole model. Rows here may be mistakes of the data, \
         or what is most worth knowing about it.</p>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_the_data_is_markup() {
        let evil = "<script>alert('1')</script>&\"";
        let report = Report {
            target: evil.into(),
            source: evil.into(),
            answer: evil.into(),
            command: evil.into(),
            equation: evil.into(),
            warnings: vec![evil.into()],
            baselines: vec![evil.into()],
            ..Report::default()
        };
        let page = report.html();
        assert!(!page.contains("<script") && !page.contains("alert('1')"), "{page}");
        assert_eq!(page.matches("&lt;script&gt;").count(), 8);
    }

    #[test]
    fn a_page_asks_nothing_of_the_network() {
        let page = Report::default().html();
        for word in ["http:", "https:", "src=", "url(", "@import", "<link", "<script"] {
            assert!(!page.contains(word), "{word}");
        }
    }
}
