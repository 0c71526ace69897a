//! What the figures were measured on.

use std::process::Command;

fn first_line(program: &str, arguments: &[&str]) -> String {
    let output = Command::new(program).current_dir(crate::root()).args(arguments).output();
    let text = output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned()).unwrap_or_default();
    text.lines().next().unwrap_or("unknown").to_string()
}

/// How many processes wanted a processor, over one, five and fifteen minutes.
pub fn load() -> String {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').take(3).collect::<Vec<_>>().join(" ")
}

/// One line for each fact.
pub fn describe() -> Vec<(&'static str, String)> {
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = processors.lines().find(|line| line.starts_with(name)).unwrap_or("");
        line.split(": ").nth(1).unwrap_or("unknown").to_string()
    };
    let flags = field("flags");
    let sets = ["avx2", "fma", "avx512f"].into_iter().filter(|set| flags.split(' ').any(|flag| flag == *set));
    let memory = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kilobytes = memory.split_whitespace().nth(1).and_then(|text| text.parse::<f64>().ok()).unwrap_or(0.0);
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    vec![
        ("date", first_line("date", &["-u", "+%F"])),
        (
            "processor",
            format!("{}, {threads} in use, {}", field("model name"), sets.collect::<Vec<_>>().join(" ")),
        ),
        ("memory", format!("{:.0} GB", kilobytes / 1e6)),
        ("system", first_line("uname", &["-sm"])),
        (
            "compilers",
            format!("{}; {}", first_line("rustc", &["--version"]), first_line("cc", &["--version"])),
        ),
    ]
}
