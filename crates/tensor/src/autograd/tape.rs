//! `tape`: what was recorded, to be looked at.

use std::collections::{BTreeMap, HashSet};
use std::fmt::{self, Write};
use std::panic::Location;

use ndgrad_array::{Array, Spec, with_dtype};

use super::{Edge, Key, Node};
use crate::Tensor;

/// What was recorded on the way to a tensor, as it is now. Printed (`{}`) it is a tree; it can be exported as
/// Graphviz and Mermaid.
///
/// Each line of the tree has an operation, the shape and dtype of its result, the bytes of memory that the tape holds
/// for its gradient, and where it stands in the program. Below an operation are its inputs; where there is only one,
/// it stands right below. What several operations use has a number and is shown once. Memory is counted where it
/// is first met; a gradient may need values that others hold anyway, such as a leaf's, and these count too.
#[derive(Clone, Debug)]
pub struct Tape {
    /// In the order of the tree, each before its inputs, the first one being what was asked for.
    entries: Vec<Entry>,
    limit: usize,
}

#[derive(Clone, Debug)]
struct Entry {
    what: What,
    spec: Spec,
    key: Option<Key>,
    /// Held for the gradient and not counted before.
    bytes: usize,
    buffers: usize,
    inputs: Vec<usize>,
    /// How many operations use it.
    uses: usize,
}

#[derive(Clone, Debug)]
enum What {
    Operation(&'static str, &'static Location<'static>),
    /// Of which backward has let go, with all that led there.
    UsedUp(&'static str, &'static Location<'static>),
    Leaf(Option<String>),
    Constant,
}

/// The tape that leads to `y`. The graph is not changed, and not kept alive by it.
///
/// ```
/// use ndgrad_tensor::{Tensor, autograd, tensor};
/// let w = tensor([[2.0], [-3.4]]).attach_grad();
/// let loss = autograd::record(|| Tensor::ones([4, 2]).dot(&w).square().sum());
/// let tape = autograd::tape(&loss).name(&w, "w");
/// let tree: Vec<String> =
///     tape.to_string().lines().map(|line| line.split("  ").next().unwrap().to_string()).collect();
/// assert_eq!(tree[..5], ["sum", "square", "matmul", "├─ constant", "└─ leaf w"]);
/// assert!(tape.to_mermaid().starts_with("flowchart"));
/// assert!(tape.to_dot().starts_with("digraph"));
/// ```
pub fn tape(y: &Tensor) -> Tape {
    let mut tape = Tape { entries: Vec::new(), limit: 200 };
    let mut places: BTreeMap<Key, usize> = BTreeMap::new();
    let mut counted = HashSet::new();
    // What is still to be entered, and as the which input of what; the last one first.
    let mut waiting: Vec<(Spec, Option<Edge>, Option<[usize; 2]>)> = vec![(y.spec(), y.edge(), None)];
    while let Some((spec, mut edge, used)) = waiting.pop() {
        let key = edge.as_ref().map(Edge::key);
        let known = key.and_then(|key| places.get(&key).copied());
        let place = known.unwrap_or(tape.entries.len());
        if let Some([user, input]) = used {
            tape.entries[user].inputs[input] = place;
        }
        if known.is_some() {
            tape.entries[place].uses += 1;
            continue;
        }
        places.extend(key.map(|key| (key, place)));
        let mut entry =
            Entry { what: What::Constant, spec, key, bytes: 0, buffers: 0, inputs: Vec::new(), uses: 1 };
        match &mut edge {
            None => {}
            Some(Edge::Leaf(_)) => entry.what = What::Leaf(None),
            Some(Edge::Node(node)) => match Node::saved(node, true) {
                Err(_) => entry.what = What::UsedUp(node.op().name(), node.location()),
                Ok(saved) => {
                    entry.what = What::Operation(node.op().name(), node.location());
                    let mut count = |array: &Array| {
                        if array.bytes_held() > 0 && counted.insert(address(array)) {
                            entry.bytes += array.bytes_held();
                            entry.buffers += 1;
                        }
                    };
                    saved.output.iter().for_each(|output| count(output));
                    saved
                        .inputs
                        .iter()
                        .filter_map(|input| input.value.as_ref())
                        .for_each(|x| count(x.elements()));
                    entry.inputs = vec![0; saved.inputs.len()];
                    let inputs = saved.inputs.iter().enumerate().rev();
                    waiting
                        .extend(inputs.map(|(i, input)| (input.spec, input.edge.clone(), Some([place, i]))));
                }
            },
        }
        tape.entries.push(entry);
    }
    tape
}

/// Which memory an array views.
fn address(array: &Array) -> usize {
    with_dtype!(array.dtype(), T => array.buffer::<T>().as_ptr().addr())
}

impl Tape {
    /// Shows a leaf under this name. A tensor that is no leaf on this tape is passed over.
    pub fn name(mut self, leaf: &Tensor, name: &str) -> Tape {
        let key = leaf.edge().map(|edge| edge.key());
        for entry in self.entries.iter_mut().filter(|entry| entry.key.is_some() && entry.key == key) {
            if let What::Leaf(own) = &mut entry.what {
                *own = Some(name.into());
            }
        }
        self
    }

    /// Shows at most this many operations, leaves and constants (200 otherwise); the rest is counted.
    pub fn limit(self, limit: usize) -> Tape {
        Tape { limit, ..self }
    }

    /// The number of operations.
    pub fn operations(&self) -> usize {
        let is_operation = |entry: &&Entry| matches!(entry.what, What::Operation(..) | What::UsedUp(..));
        self.entries.iter().filter(is_operation).count()
    }

    /// The bytes of memory that are kept for gradients, each buffer counted once.
    pub fn bytes(&self) -> usize {
        self.entries.iter().map(|entry| entry.bytes).sum()
    }

    /// The tape as a graph for [Graphviz](https://graphviz.org), from the leaves above to the result below:
    /// `dot -Tsvg`.
    pub fn to_dot(&self) -> String {
        let mut out =
            String::from("digraph tape {\n    node [shape=box, style=rounded, fontname=\"sans-serif\"];\n");
        let escape = |text: String| text.replace('\\', "\\\\").replace('"', "\\\"");
        for (i, entry) in self.shown() {
            let style = match entry.what {
                What::Operation(..) | What::UsedUp(..) => "",
                What::Leaf(_) => ", style=\"rounded,filled\", fillcolor=\"#dcecff\"",
                What::Constant => ", style=\"rounded,dashed\"",
            };
            let label: Vec<String> = entry.lines().into_iter().map(escape).collect();
            let _ = writeln!(out, "    n{i} [label=\"{}\"{style}];", label.join("\\n"));
        }
        self.edges(&mut out, |from, to| format!("    {from} -> {to};\n"));
        if self.left_out() > 0 {
            let _ = writeln!(out, "    more [label=\"{} more\", shape=plaintext];", self.left_out());
        }
        out + "}\n"
    }

    /// The tape as a [Mermaid](https://mermaid.js.org) flowchart, which Markdown pages show as a picture.
    pub fn to_mermaid(&self) -> String {
        let mut out = String::from("flowchart TD\n");
        let escape = |text: String| text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
        for (i, entry) in self.shown() {
            let [open, close] = match entry.what {
                What::Operation(..) | What::UsedUp(..) => ["[", "]"],
                What::Leaf(_) => ["([", "])"],
                What::Constant => ["[/", "/]"],
            };
            let label: Vec<String> = entry.lines().into_iter().map(escape).collect();
            let _ = writeln!(out, "    n{i}{open}\"{}\"{close}", label.join("<br>"));
        }
        self.edges(&mut out, |from, to| format!("    {from} --> {to}\n"));
        if self.left_out() > 0 {
            let _ = writeln!(out, "    more[\"{} more\"]", self.left_out());
        }
        out
    }

    fn shown(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.entries.iter().enumerate().take(self.limit)
    }

    fn left_out(&self) -> usize {
        self.entries.len().saturating_sub(self.limit)
    }

    /// A line for every input of what is shown; those that are not shown come from one place.
    fn edges(&self, out: &mut String, line: impl Fn(&str, &str) -> String) {
        for (i, entry) in self.shown() {
            let (shown, hidden): (Vec<usize>, Vec<usize>) =
                entry.inputs.iter().partition(|&&input| input < self.limit);
            for input in shown {
                out.push_str(&line(&format!("n{input}"), &format!("n{i}")));
            }
            if !hidden.is_empty() {
                out.push_str(&line("more", &format!("n{i}")));
            }
        }
    }

    /// The lines of the tree: what stands before the name, and the entry, or its number alone where it has been
    /// shown before.
    fn tree(&self) -> Vec<(String, usize, bool)> {
        let mut lines = Vec::new();
        let mut seen = HashSet::new();
        // The entry, and what stands before it on its own line and on those below it.
        let mut waiting = vec![(0, String::new(), String::new())];
        while let Some((place, own, below)) = waiting.pop() {
            if place >= self.limit {
                continue;
            }
            let first = seen.insert(place);
            lines.push((own, place, first));
            let inputs = &self.entries[place].inputs;
            let last = inputs.len().saturating_sub(1);
            for (i, &input) in inputs.iter().enumerate().rev().filter(|_| first) {
                let [own, deeper] = match (last, i == last) {
                    (0, _) => ["", ""],
                    (_, true) => ["└─ ", "   "],
                    (_, false) => ["├─ ", "│  "],
                };
                waiting.push((input, format!("{below}{own}"), format!("{below}{deeper}")));
            }
        }
        lines
    }
}

impl Entry {
    fn title(&self) -> String {
        match &self.what {
            What::Operation(name, _) => name.to_string(),
            What::UsedUp(name, _) => format!("{name} (used up)"),
            What::Leaf(None) => "leaf".into(),
            What::Leaf(Some(name)) => format!("leaf {name}"),
            What::Constant => "constant".into(),
        }
    }

    fn location(&self) -> String {
        match self.what {
            What::Operation(_, location) | What::UsedUp(_, location) => {
                format!("{}:{}", location.file(), location.line())
            }
            What::Leaf(_) | What::Constant => String::new(),
        }
    }

    /// What a box in a picture says.
    fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.title(), format!("{} {}", self.spec.shape, self.spec.dtype)];
        if self.bytes > 0 {
            lines.push(format!("holds {}", Bytes(self.bytes)));
        }
        lines.extend(Some(self.location()).filter(|location| !location.is_empty()));
        lines
    }
}

/// A number of bytes as people write it.
struct Bytes(usize);

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            bytes if bytes < 1 << 10 => write!(f, "{bytes} B"),
            bytes if bytes < 1 << 20 => write!(f, "{:.1} KiB", bytes as f64 / 1024.0),
            bytes if bytes < 1 << 30 => write!(f, "{:.1} MiB", bytes as f64 / (1 << 20) as f64),
            bytes => write!(f, "{:.1} GiB", bytes as f64 / (1 << 30) as f64),
        }
    }
}

impl fmt::Display for Tape {
    /// The tree, in columns, and a last line with the sums.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // What is used more than once has a number, in the order in which it is shown.
        let shared = self.entries.iter().enumerate().filter(|(_, entry)| entry.uses > 1).map(|(i, _)| i);
        let numbers: BTreeMap<usize, usize> = shared.zip(1..).collect();
        let row = |(before, place, first): (String, usize, bool)| {
            let entry = &self.entries[place];
            let number = numbers.get(&place).map_or(String::new(), |number| format!(" #{number}"));
            let title = format!("{before}{}{number}", entry.title());
            if !first {
                return [title, "see above".into(), String::new(), String::new()];
            }
            let held = if entry.bytes > 0 { Bytes(entry.bytes).to_string() } else { String::new() };
            [title, format!("{} {}", entry.spec.shape, entry.spec.dtype), held, entry.location()]
        };
        let rows: Vec<[String; 4]> = self.tree().into_iter().map(row).collect();
        let width = |column: usize| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or(0);
        let [title_width, spec_width, held_width] = [width(0), width(1), width(2)];
        for [title, spec, held, location] in &rows {
            let line = format!("{title:title_width$}  {spec:spec_width$}  {held:>held_width$}  {location}");
            writeln!(f, "{}", line.trim_end())?;
        }
        if self.left_out() > 0 {
            writeln!(f, "... and {} more", self.left_out())?;
        }
        let buffers: usize = self.entries.iter().map(|entry| entry.buffers).sum();
        let plural =
            |count: usize, noun: &str| format!("{count} {noun}{}", if count == 1 { "" } else { "s" });
        let operations = plural(self.operations(), "operation");
        write!(f, "{operations}, {} held in {}", Bytes(self.bytes()), plural(buffers, "buffer"))
    }
}
