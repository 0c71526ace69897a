//! The tape as text and pictures.

use ndgrad_tensor::autograd::{self, record, tape};
use ndgrad_tensor::{Tensor, live_buffers, tensor};

/// The loss of the tutorial, and the line that it is written on.
fn loss(w: &Tensor, b: &Tensor) -> (Tensor, u32) {
    let (x, y) = (Tensor::ones([4, 2]), Tensor::ones([4, 1]));
    (record(|| (x.dot(w) + b - &y).square().mean()), line!())
}

fn parameters() -> (Tensor, Tensor) {
    (tensor([[2.0], [-3.4]]).attach_grad(), tensor([4.2]).attach_grad())
}

/// With places in this file written as in the expected text.
fn placed(text: String, line: u32) -> String {
    text.replace(&format!("{}:{line}", file!()), "HERE")
}

#[test]
fn the_loss_of_the_tutorial_as_a_tree() {
    let (w, b) = parameters();
    let (loss, line) = loss(&w, &b);
    let expected = "\
mean               [] f32             HERE
square             [4, 1] f32   64 B  HERE
sub                [4, 1] f32         HERE
├─ add             [4, 1] f32         HERE
│  ├─ matmul       [4, 1] f32  128 B  HERE
│  │  ├─ constant  [4, 2] f32
│  │  └─ leaf w    [2, 1] f32
│  └─ leaf b       [1] f32
└─ constant        [4, 1] f32
5 operations, 192 B held in 3 buffers";
    let tape = tape(&loss).name(&w, "w").name(&b, "b").name(&tensor(1.0), "elsewhere");
    assert_eq!(placed(tape.to_string(), line), expected);
    assert_eq!((tape.operations(), tape.bytes()), (5, 192));
}

/// `dot -Tsvg` draws this.
#[test]
fn the_loss_of_the_tutorial_as_graphviz_and_mermaid() {
    let (w, b) = parameters();
    let (loss, line) = loss(&w, &b);
    let tape = tape(&loss).name(&w, "\"w\"").limit(7);
    let dot = r##"digraph tape {
    node [shape=box, style=rounded, fontname="sans-serif"];
    n0 [label="mean\n[] f32\nHERE"];
    n1 [label="square\n[4, 1] f32\nholds 64 B\nHERE"];
    n2 [label="sub\n[4, 1] f32\nHERE"];
    n3 [label="add\n[4, 1] f32\nHERE"];
    n4 [label="matmul\n[4, 1] f32\nholds 128 B\nHERE"];
    n5 [label="constant\n[4, 2] f32", style="rounded,dashed"];
    n6 [label="leaf \"w\"\n[2, 1] f32", style="rounded,filled", fillcolor="#dcecff"];
    n1 -> n0;
    n2 -> n1;
    n3 -> n2;
    more -> n2;
    n4 -> n3;
    more -> n3;
    n5 -> n4;
    n6 -> n4;
    more [label="2 more", shape=plaintext];
}
"##;
    assert_eq!(placed(tape.to_dot(), line), dot);
    let mermaid = r#"flowchart TD
    n0["mean<br>[] f32<br>HERE"]
    n1["square<br>[4, 1] f32<br>holds 64 B<br>HERE"]
    n2["sub<br>[4, 1] f32<br>HERE"]
    n3["add<br>[4, 1] f32<br>HERE"]
    n4["matmul<br>[4, 1] f32<br>holds 128 B<br>HERE"]
    n5[/"constant<br>[4, 2] f32"/]
    n6(["leaf &quot;w&quot;<br>[2, 1] f32"])
    n1 --> n0
    n2 --> n1
    n3 --> n2
    more --> n2
    n4 --> n3
    more --> n3
    n5 --> n4
    n6 --> n4
    more["2 more"]
"#;
    assert_eq!(placed(tape.to_mermaid(), line), mermaid);
}

#[test]
fn what_is_used_twice_is_shown_once() {
    let x = tensor(2.0).attach_grad();
    let y = record(|| {
        let square = x.square();
        let root = square.sqrt();
        (&root + &square) * &root
    });
    let expected = "\
mul              [] f32     128 B
├─ add           [] f32
│  ├─ sqrt #1    [] f32
│  │  square #2  [] f32      64 B
│  │  leaf       [] f32
│  └─ square #2  see above
└─ sqrt #1       see above
4 operations, 192 B held in 3 buffers";
    // Without the places, which differ from line to line.
    let text = tape(&y).to_string();
    let bare = text.lines().map(|line| line.split(file!()).next().unwrap().trim_end());
    assert_eq!(bare.collect::<Vec<_>>().join("\n"), expected);
}

#[test]
fn what_has_no_history_or_no_more() {
    assert_eq!(tape(&tensor([1, 2])).to_string(), "constant  [2] i32\n0 operations, 0 B held in 0 buffers");
    let x = tensor(2.0).attach_grad();
    assert_eq!(tape(&x).name(&x, "x").to_string().lines().next(), Some("leaf x  [] f32"));
    let y = record(|| x.square().exp());
    y.backward();
    let text = tape(&y).to_string();
    assert!(
        text.starts_with("exp (used up)  [] f32    ")
            && text.ends_with("\n1 operation, 0 B held in 0 buffers"),
        "{text}"
    );
}

#[test]
fn looking_changes_nothing_and_holds_nothing() {
    let x = Tensor::ones([100]).attach_grad();
    let before = live_buffers();
    let y = record(|| x.square().sum());
    let tape = tape(&y);
    y.backward();
    assert_eq!(x.grad().to_vec::<f32>(), [2.0; 100]);
    x.zero_grad();
    drop(y);
    assert_eq!(live_buffers(), before);
    assert_eq!(tape.operations(), 2);
}

/// A large graph is cut with a count, and walked without recursion.
#[test]
fn a_chain_of_a_million_operations_is_looked_at() {
    let run = || {
        let w = tensor(1.0).attach_grad();
        let y = record(|| (0..1_000_000).fold(&w * 1.0, |y, _| -y));
        let tape = tape(&y).limit(50);
        assert_eq!(tape.operations(), 1_000_001);
        let text = tape.to_string();
        assert_eq!(text.lines().count(), 52);
        assert!(text.contains("\n... and 999953 more\n1000001 operations, "), "{text}");
        assert_eq!(tape.to_dot().matches(" [label=").count(), 51);
        assert!(text.lines().all(|line| line.chars().count() < 200));
    };
    std::thread::Builder::new().stack_size(256 << 10).spawn(run).unwrap().join().unwrap();
}

#[test]
fn a_custom_function_appears_under_its_name() {
    let x = tensor(2.0).attach_grad();
    let y = record(|| {
        autograd::custom("my \"own\"", &x, |x| x[0].square(), |c, head, _| 2.0 * head * c.input(0))
    });
    assert!(tape(&y).to_string().starts_with("my \"own\"  [] f32  128 B"));
    assert!(tape(&y).to_dot().contains(r#"n0 [label="my \"own\"\n"#));
}
