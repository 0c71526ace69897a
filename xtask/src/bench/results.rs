//! The page of results, in Markdown.

use std::fmt::Write;

use super::machine;
use super::measure::{Figure, LeftOut, Session};
use super::workload::{Workload, is_rate};

/// What the page says before its sections.
const HEAD: &str = "# Results

Written by `cargo xtask bench --peers`, section by section, as each is measured; `--only S1,S5` measures some of them anew. Every figure is \
the median of the rounds, in each of which every program ran once, by turns, in a process of its own, pinned to as many processors as it may \
use threads. A ratio above 1 means that ndgrad is better. The *limit* is the best program written by hand for that one case. *Spread* is the \
largest figure of the rounds over the smallest: where it is large, the machine was busy with something else, and ratios within it say nothing.
";

/// What a section begins with.
const SECTION: &str = "\n## ";

/// The section of a workload, and where and when it was measured.
pub fn section(session: &Session, workload: &Workload, load: &str) -> String {
    let figures: Vec<&Figure> =
        session.figures.iter().filter(|figure| figure.key.workload == workload.name).collect();
    let mut page = format!("{SECTION}{}: {}\n\n{}\n", workload.name, workload.title, workload.text);
    let is_compared = figures.iter().any(|figure| !is_ours(figure));
    if figures.iter().any(|figure| is_ours(figure)) {
        summary(&mut page, &figures);
    }
    details(&mut page, &figures, is_compared);
    let machine: Vec<String> =
        machine::describe().into_iter().map(|(name, value)| format!("{name}: {value}")).collect();
    let _ = writeln!(
        page,
        "\n{} round(s); {}; load before {load}, after {}.",
        session.rounds,
        machine.join("; "),
        machine::load()
    );
    versions(&mut page, session, workload, &figures);
    page
}

/// The page with this section in the place of its former self, in the order of `names`. Without a page, one is begun.
pub fn with_section(page: Option<&str>, section: &str, names: &[&str]) -> String {
    let mut sections: Vec<String> =
        page.unwrap_or("").split(SECTION).skip(1).map(|body| format!("{SECTION}{body}")).collect();
    let name = |section: &str| {
        section.strip_prefix(SECTION).and_then(|rest| rest.split(':').next().map(String::from))
    };
    sections.retain(|other| name(other) != name(section));
    sections.push(section.to_string());
    // Sections of workloads that are no more go.
    let place = |section: &String| names.iter().position(|known| Some(*known) == name(section).as_deref());
    sections.retain(|section| place(section).is_some());
    sections.sort_by_key(|section| place(section));
    let trimmed = sections.iter().map(|section| format!("{}\n", section.trim_end()));
    format!("{HEAD}{}", trimmed.collect::<String>())
}

fn is_ours(figure: &Figure) -> bool {
    figure.key.peer == "ndgrad"
}

fn is_limit(figure: &Figure) -> bool {
    figure.key.peer.ends_with("by hand")
}

/// What is measured: the case, the threads.
fn same_case(a: &Figure, b: &Figure) -> bool {
    (&a.key.case, a.key.threads) == (&b.key.case, b.key.threads)
}

/// How many times better the first is.
fn ratio(ours: &Figure, other: &Figure) -> f64 {
    let ratio = ours.median() / other.median();
    if is_rate(&ours.unit) { ratio } else { 1.0 / ratio }
}

fn best<'a>(ours: &Figure, others: impl Iterator<Item = &'a Figure>) -> Option<&'a Figure> {
    others.min_by(|a, b| ratio(ours, a).total_cmp(&ratio(ours, b)))
}

/// Three digits that count.
fn number(value: f64) -> String {
    if value == 0.0 {
        return "0".into();
    }
    if value.abs() < 1000.0 {
        let digits = (2 - value.abs().log10().floor() as i32).clamp(0, 6) as usize;
        return format!("{value:.digits$}");
    }
    let digits = format!("{:.0}", value.abs());
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    if value < 0.0 { format!("-{text}") } else { text }
}

/// Who measured: `PyTorch, eager`.
fn name(figure: &Figure) -> String {
    if figure.key.variant.is_empty() {
        figure.key.peer.clone()
    } else {
        format!("{}, {}", figure.key.peer, figure.key.variant)
    }
}

/// Ours beside the best peer and the limit, one line for each case.
fn summary(page: &mut String, figures: &[&Figure]) {
    let compared = |figure: &Figure| match figure.key.threads {
        1 => format!("{}, 1 thread", figure.key.case),
        threads => format!("{}, {threads} threads", figure.key.case),
    };
    page.push_str("\n| case | ndgrad | | best peer | | ratio | limit | ratio |\n");
    page.push_str("| --- | --- | --: | --- | --: | --: | --: | --: |\n");
    for ours in figures.iter().filter(|figure| is_ours(figure)) {
        let others = || figures.iter().copied().filter(|other| same_case(ours, other) && !is_ours(other));
        let peer = best(ours, others().filter(|other| !is_limit(other)));
        let limit = best(ours, others().filter(|other| is_limit(other)));
        let shown = |other: Option<&Figure>| {
            other.map_or(["".into(), "".into()], |other| [number(other.median()), number(ratio(ours, other))])
        };
        let ([peer_figure, peer_ratio], [limit_figure, limit_ratio]) = (shown(peer), shown(limit));
        let _ = writeln!(
            page,
            "| {} | {} | {} {} | {} | {peer_figure} | {peer_ratio} | {limit_figure} | {limit_ratio} |",
            compared(ours),
            ours.key.variant,
            number(ours.median()),
            ours.unit,
            peer.map(name).unwrap_or_default(),
        );
    }
}

/// Everyone's figures: one line each if there is one case, a column each if there are many.
fn details(page: &mut String, figures: &[&Figure], is_compared: bool) {
    let mut cases: Vec<&Figure> = Vec::new();
    for figure in figures {
        if !cases.iter().any(|case| same_case(case, figure)) {
            cases.push(figure);
        }
    }
    let mut kinds: Vec<&str> = cases.iter().map(|case| case.key.case.as_str()).collect();
    kinds.dedup();
    if kinds.len() == 1 {
        for case in cases {
            ladder(page, case, figures);
        }
    } else if is_compared {
        grid(page, &cases, figures);
    }
}

fn ladder(page: &mut String, case: &Figure, figures: &[&Figure]) {
    let mut rows: Vec<&Figure> = figures.iter().copied().filter(|figure| same_case(case, figure)).collect();
    rows.sort_by(|a, b| ratio(b, a).total_cmp(&ratio(a, a)));
    let _ = write!(
        page,
        "\n| {} thread(s) | {} | spread | loss or check |\n| --- | --: | --: | --: |\n",
        case.key.threads, case.unit
    );
    for row in rows {
        let check = row.check.map(|check| format!("{check:.6e}")).unwrap_or_default();
        let _ =
            writeln!(page, "| {} | {} | {:.2} | {check} |", name(row), number(row.median()), row.spread());
    }
}

fn grid(page: &mut String, cases: &[&Figure], figures: &[&Figure]) {
    let mut names: Vec<String> = Vec::new();
    for figure in figures {
        if !names.contains(&name(figure)) {
            names.push(name(figure));
        }
    }
    let _ = writeln!(page, "\n| case | threads | {} |", names.join(" | "));
    let _ = writeln!(page, "| --- | --: |{}", " --: |".repeat(names.len()));
    for case in cases {
        let cell = |wanted: &String| {
            let found = figures.iter().find(|figure| same_case(case, figure) && name(figure) == *wanted);
            found.map(|figure| number(figure.median())).unwrap_or_default()
        };
        let cells: Vec<String> = names.iter().map(cell).collect();
        let _ = writeln!(page, "| {} | {} | {} |", case.key.case, case.key.threads, cells.join(" | "));
    }
}

fn versions(page: &mut String, session: &Session, workload: &Workload, figures: &[&Figure]) {
    let known = figures.iter().filter(|figure| !figure.version.is_empty());
    let mut versions: Vec<String> =
        known.map(|figure| format!("{} {}", figure.key.peer, figure.version)).collect();
    versions.sort_unstable();
    versions.dedup();
    if !versions.is_empty() {
        let _ = writeln!(page, "\nVersions: {}.", versions.join(", "));
    }
    for LeftOut { program, workload: name, reason } in &session.left_out {
        if *name == workload.name || *name == "all" {
            let _ = writeln!(page, "\nLeft out: {program}: {reason}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn figure(peer: &str, unit: &str, value: f64) -> Figure {
        let line = format!(
            "{{\"workload\":\"S1\",\"case\":\"step\",\"peer\":\"{peer}\",\"variant\":\"\",\"version\":\"1\",\
             \"threads\":1,\"figure\":{value},\"unit\":\"{unit}\",\"check\":null}}"
        );
        Figure::parse(&line).expect("a result")
    }

    #[test]
    fn a_ratio_above_one_is_for_us_whatever_the_unit() {
        assert_eq!(ratio(&figure("ndgrad", "us", 2.0), &figure("other", "us", 8.0)), 4.0);
        assert_eq!(ratio(&figure("ndgrad", "rows/s", 2.0), &figure("other", "rows/s", 8.0)), 0.25);
    }

    #[test]
    fn the_summary_names_the_hardest_peer_and_the_limit_apart() {
        let figures = [("ndgrad", 2.0), ("slow", 9.0), ("quick", 4.0), ("C by hand", 0.5)]
            .map(|(peer, value)| figure(peer, "us", value));
        let mut page = String::new();
        summary(&mut page, &figures.iter().collect::<Vec<_>>());
        let line = page.lines().last().expect("a line of ours");
        assert_eq!(line, "| step, 1 thread |  | 2.00 us | quick | 4.00 | 2.00 | 0.500 | 0.250 |");
    }

    #[test]
    fn a_section_takes_the_place_of_its_former_self() {
        let names = ["S1", "S2", "S10"];
        let section = |name: &str, text: &str| format!("\n## {name}: a title\n\n{text}\n");
        let page = with_section(None, &section("S10", "ten"), &names);
        let page = with_section(Some(&page), &section("S1", "one"), &names);
        let page = with_section(Some(&page), &section("S10", "ten anew"), &names);
        assert_eq!(page, format!("{HEAD}{}{}", section("S1", "one"), section("S10", "ten anew")));
        assert_eq!(with_section(Some(&page), &section("S1", "one"), &names), page);
    }

    #[test]
    fn the_best_stands_first() {
        let figures = [("a", 3.0), ("b", 1.0), ("c", 2.0)].map(|(peer, value)| figure(peer, "rows/s", value));
        let mut page = String::new();
        ladder(&mut page, &figures[0], &figures.iter().collect::<Vec<_>>());
        let names: Vec<&str> = page.lines().skip(3).map(|line| &line[2..3]).collect();
        assert_eq!(names, ["a", "c", "b"]);
    }

    #[test]
    fn numbers_have_three_digits_that_count() {
        let shown = [0.0, 0.024_73, 1.0, 12.345, 999.6, 1_234_567.8, -2.5, -12_345.0].map(number);
        assert_eq!(shown, ["0", "0.0247", "1.00", "12.3", "1000", "1,234,568", "-2.50", "-12,345"]);
    }
}
