//! The functions of one number that a formula knows.

use ndgrad_array::Scalar;

/// A function of one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    Log,
    Log2,
    Log10,
    Log1p,
    Exp,
    Expm1,
    Sqrt,
    Abs,
    Sin,
    Cos,
    Tan,
    Tanh,
    Floor,
    Ceil,
}

impl Function {
    pub const ALL: [Function; 14] = [
        Function::Log,
        Function::Log2,
        Function::Log10,
        Function::Log1p,
        Function::Exp,
        Function::Expm1,
        Function::Sqrt,
        Function::Abs,
        Function::Sin,
        Function::Cos,
        Function::Tan,
        Function::Tanh,
        Function::Floor,
        Function::Ceil,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Function::Log => "log",
            Function::Log2 => "log2",
            Function::Log10 => "log10",
            Function::Log1p => "log1p",
            Function::Exp => "exp",
            Function::Expm1 => "expm1",
            Function::Sqrt => "sqrt",
            Function::Abs => "abs",
            Function::Sin => "sin",
            Function::Cos => "cos",
            Function::Tan => "tan",
            Function::Tanh => "tanh",
            Function::Floor => "floor",
            Function::Ceil => "ceil",
        }
    }

    pub fn find(name: &str) -> Option<Function> {
        Function::ALL.into_iter().find(|function| function.name() == name)
    }

    /// Applies the function to each number. The choice is made once for all of them.
    pub fn apply(self, values: &mut [f64]) {
        fn each(values: &mut [f64], function: impl Fn(f64) -> f64) {
            values.iter_mut().for_each(|value| *value = function(*value));
        }
        match self {
            Function::Log => each(values, Scalar::ln),
            Function::Log2 => each(values, Scalar::log2),
            Function::Log10 => each(values, Scalar::log10),
            Function::Log1p => each(values, Scalar::ln_1p),
            Function::Exp => each(values, Scalar::exp),
            Function::Expm1 => each(values, Scalar::exp_m1),
            Function::Sqrt => each(values, Scalar::sqrt),
            Function::Abs => each(values, Scalar::abs),
            Function::Sin => each(values, Scalar::sin),
            Function::Cos => each(values, Scalar::cos),
            Function::Tan => each(values, Scalar::tan),
            Function::Tanh => each(values, Scalar::tanh),
            Function::Floor => each(values, Scalar::floor),
            Function::Ceil => each(values, Scalar::ceil),
        }
    }
}
