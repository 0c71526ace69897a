//! Any bytes are a table or an error; a table has as many values in each column as rows.
#![no_main]

use libfuzzer_sys::fuzz_target;
use ndgrad_data::Table;

fuzz_target!(|bytes: &[u8]| {
    let Ok(table) = Table::from_csv("fuzz.csv", bytes) else { return };
    let names: Vec<String> = table.names().iter().map(|name| name.to_string()).collect();
    for name in names {
        if let Ok(column) = table.numeric(&name) {
            assert_eq!(column.len(), table.rows());
        }
        if let Ok(column) = table.category(&name) {
            assert_eq!(column.len(), table.rows());
        }
    }
});
