//! Statistics as files: safetensors with numbers in two parts.

use std::path::Path;

use crate::double_double::DoubleDouble;
use crate::exact::statistics::Statistics;
use ndgrad_array::{DType, Error, Place, Result};
use ndgrad_data::safetensors::{self, Contents};
use ndgrad_tensor::Tensor;
use serde_json::Value;

/// What the file says of itself.
const FORMAT: &str = "ndgrad statistics 1";

impl Statistics {
    /// Writes a file, whole or not at all, from which [`load`](Self::load) reads the same bits.
    ///
    /// ```
    /// use ndgrad_linear::{InMemory, LeastSquares, Statistics};
    ///
    /// # let directory = tempfile::tempdir().unwrap();
    /// # let path = directory.path().join("part.statistics");
    /// let mut rows = InMemory::new(["x".to_string()], vec![0.0, 1.0, 2.0], vec![1.0, 3.0, 4.0])?;
    /// let statistics = LeastSquares::new().statistics(&mut rows)?;
    /// statistics.save(&path)?;
    /// assert_eq!(Statistics::load(&path)?, statistics);
    /// # Ok::<(), ndgrad_array::Error>(())
    /// ```
    ///
    /// # Errors
    /// When the file system refuses.
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let names = Value::from(self.names.clone()).to_string();
        let metadata = [
            ("format", FORMAT),
            ("names", &names),
            ("intercept", if self.intercept { "true" } else { "false" }),
            ("weighted", if self.weighted { "true" } else { "false" }),
            ("description", &self.description),
        ];
        let parts = |numbers: &[DoubleDouble]| {
            let high = numbers.iter().map(|number| number.high);
            let parts: Vec<f64> = high.chain(numbers.iter().map(|number| number.low)).collect();
            Tensor::from_slice([2, numbers.len()], &parts)
        };
        let exponents: Vec<i64> = self.exponents.iter().map(|&exponent| exponent.into()).collect();
        let sums = [self.log_weights, self.cancelled[0], self.cancelled[1]];
        let tensors = [
            ("means", parts(&self.means)),
            ("products", parts(&self.products)),
            ("weight", parts(&[self.weight])),
            ("exponents", Tensor::from_slice([exponents.len()], &exponents)),
            ("rows", Tensor::from_slice([1], &[self.rows as i64])),
            ("sums", Tensor::from_slice([3], &sums)),
        ];
        safetensors::write(path, tensors.iter().map(|(name, tensor)| (*name, tensor)), metadata)
    }

    /// Reads what [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// When the file cannot be read, is cut short, or is something else.
    pub fn load(path: impl AsRef<Path>) -> Result<Statistics> {
        let path = path.as_ref();
        let contents = safetensors::read(path)?;
        read(&contents).map_err(|what| {
            Error::content(
                Place::from(path),
                format!("these are no statistics of rows: {what}\n    name a file that was written as such"),
            )
        })
    }
}

fn read(contents: &Contents) -> Result<Statistics, String> {
    let text = |key: &str| contents.metadata.get(key).ok_or_else(|| format!("there is no {key:?}"));
    if text("format")? != FORMAT {
        return Err(format!("the format is {:?}, not {FORMAT:?}", text("format")?));
    }
    let flag = |key: &str| match text(key)?.as_str() {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(format!("{key:?} is {other:?}")),
    };
    let names: Vec<String> = serde_json::from_str(text("names")?)
        .map_err(|error| format!("\"names\" is no list of names ({error})"))?;
    let columns = names.len() + 1;
    let tensor = |key: &str, dtype: DType, shape: &[usize]| {
        let tensor = contents.tensors.get(key).ok_or_else(|| format!("there is no tensor {key:?}"))?;
        if tensor.dtype() != dtype || tensor.shape()[..] != *shape {
            return Err(format!("{key:?} is {} {}", tensor.dtype(), tensor.shape()));
        }
        Ok(tensor)
    };
    let parts = |key: &str, count: usize| {
        let numbers = tensor(key, DType::F64, &[2, count])?.to_vec::<f64>();
        if !numbers.iter().all(|number| number.is_finite()) {
            return Err(format!("{key:?} holds a number that is not finite"));
        }
        let (high, low) = numbers.split_at(count);
        Ok(high.iter().zip(low).map(|(&high, &low)| DoubleDouble { high, low }).collect::<Vec<_>>())
    };
    let rows = tensor("rows", DType::I64, &[1])?.to_vec::<i64>()[0];
    let exponents = tensor("exponents", DType::I64, &[columns])?.to_vec::<i64>();
    let small = |exponent: &i64| i32::try_from(*exponent).ok().filter(|exponent| exponent.abs() <= 1000);
    let sums = tensor("sums", DType::F64, &[3])?.to_vec::<f64>();
    let weight = parts("weight", 1)?[0];
    if weight.high < 0.0 {
        return Err("\"weight\" is below 0".to_string());
    }
    Ok(Statistics {
        names,
        intercept: flag("intercept")?,
        description: text("description")?.clone(),
        rows: u64::try_from(rows).map_err(|_| format!("\"rows\" is {rows}"))?,
        weighted: flag("weighted")?,
        log_weights: sums[0],
        weight,
        exponents: exponents
            .iter()
            .map(small)
            .collect::<Option<_>>()
            .ok_or("\"exponents\" are out of range")?,
        means: parts("means", columns)?,
        products: parts("products", columns * (columns + 1) / 2)?,
        cancelled: [sums[1], sums[2]],
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exact::LeastSquares;
    use crate::observations::InMemory;
    use proptest::prelude::*;

    fn statistics() -> Statistics {
        let x = Vec::from_iter((0..60).map(|i| f64::from(i * i % 17) / 3.0));
        let y = Vec::from_iter((0..20).map(|i| f64::from(i) * 0.1));
        let mut rows = InMemory::new(["a", "b, c", "\"d\""].map(String::from), x, y).unwrap();
        rows.weights = Some(Vec::from_iter((0..20).map(|i| f64::from(i % 3))));
        let mut statistics = LeastSquares::new().statistics(&mut rows).unwrap();
        statistics.set_description("y ~ a + `b, c`");
        statistics
    }

    #[test]
    fn what_is_written_is_read_to_the_bit() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("part");
        statistics().save(&path).unwrap();
        assert_eq!(Statistics::load(&path).unwrap(), statistics());
    }

    #[test]
    fn what_is_something_else_is_refused() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("model.safetensors");
        safetensors::write(&path, [("w", &Tensor::zeros([2]))], [("format", "ndgrad statistics 1")]).unwrap();
        let text = Statistics::load(&path).unwrap_err().to_string();
        assert!(text.contains("these are no statistics of rows: there is no \"names\""), "{text}");
    }

    #[test]
    fn statistics_of_another_model_are_not_merged() {
        let mut ours = statistics();
        let refusal = |change: &dyn Fn(&mut Statistics)| {
            let mut theirs = statistics();
            change(&mut theirs);
            ours.clone().merge(&theirs).unwrap_err().to_string()
        };
        assert!(
            refusal(&|other| other.names[1] = "e".into())
                .contains("names of columns differ: \"b, c\" and \"e\"")
        );
        assert!(refusal(&|other| other.intercept = false).contains("without an intercept"));
        assert!(refusal(&|other| other.set_description("")).contains("descriptions differ"));
        ours.merge(&statistics()).unwrap();
        assert_eq!(ours.rows(), 2 * statistics().rows());
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(64) })]

        /// A file that was damaged is refused, or is other statistics; it never panics.
        #[test]
        fn a_damaged_file_does_not_panic(place in any::<prop::sample::Index>(), byte: u8, cut: bool) {
            let directory = tempfile::tempdir().unwrap();
            let path = directory.path().join("part");
            statistics().save(&path).unwrap();
            let mut bytes = std::fs::read(&path).unwrap();
            let place = place.index(bytes.len());
            if cut { bytes.truncate(place) } else { bytes[place] = byte }
            std::fs::write(&path, bytes).unwrap();
            if let Ok(read) = Statistics::load(&path) {
                let _ = LeastSquares::new().fit_statistics(&read);
            }
        }
    }
}
