//! What a formula says, as data: sums of terms, and arithmetic within functions.

use std::fmt;

use super::basis::Basis;
use super::contrast::Contrast;
use super::fault::Span;
use super::function::Function;
use super::token::is_plain;

/// The right side of a formula.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Node {
    /// The intercept, `1`.
    One,
    /// No intercept, `0`.
    Zero,
    /// Every column that the left side does not use, `.`.
    All,
    Factor(Factor),
    /// Parts that are added, or taken away where the flag is true.
    Sum(Vec<(bool, Node)>),
    Join(Join, Box<Node>, Box<Node>, Span),
    /// All products of up to so many terms.
    Power(Box<Node>, u32, Span),
}

/// How two sums of terms become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Join {
    /// `a * b` is `a + b + a:b`.
    Cross,
    /// `a / b` is `a + a:b`.
    Nest,
    /// `a:b`, which `a %in% b` is too.
    Interact,
}

/// What one column, or one group of columns, of the design is made of.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Factor {
    /// Numbers; or categories, if it is a column that holds such.
    Plain(Expression),
    /// Several columns of one number.
    Basis { of: Expression, basis: Basis },
    /// `C(…)`: categories, whatever the column holds.
    Category { of: Expression, contrast: Option<Contrast> },
}

/// Arithmetic.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Expression {
    Number(f64),
    Column(Column),
    Negative(Box<Expression>),
    Binary(Operator, Box<Expression>, Box<Expression>),
    Apply(Function, Box<Expression>),
    /// Less the mean, over the deviation if `ddof` is given; both are learned.
    Standardize {
        of: Box<Expression>,
        ddof: Option<u32>,
        learned: Option<(f64, f64)>,
    },
}

/// A column by name.
#[derive(Clone, Debug)]
pub(crate) struct Column {
    pub name: String,
    pub span: Span,
    /// Its place among those that a design reads, once that is known.
    pub index: usize,
}

impl PartialEq for Column {
    fn eq(&self, other: &Column) -> bool {
        self.name == other.name
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Operator {
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
}

impl Factor {
    /// The column, if it is that and nothing else.
    pub fn column(&self) -> Option<&Column> {
        match self {
            Factor::Plain(of) => of.column(),
            _ => None,
        }
    }

    pub fn expression(&self) -> &Expression {
        match self {
            Factor::Plain(of) | Factor::Basis { of, .. } | Factor::Category { of, .. } => of,
        }
    }

    pub fn expression_mut(&mut self) -> &mut Expression {
        match self {
            Factor::Plain(of) | Factor::Basis { of, .. } | Factor::Category { of, .. } => of,
        }
    }
}

impl Expression {
    /// The column, if it is that and nothing else.
    pub fn column(&self) -> Option<&Column> {
        match self {
            Expression::Column(column) => Some(column),
            _ => None,
        }
    }

    /// The parts of this one.
    fn parts_mut(&mut self) -> Vec<&mut Expression> {
        match self {
            Expression::Number(_) | Expression::Column(_) => Vec::new(),
            Expression::Negative(of) | Expression::Apply(_, of) | Expression::Standardize { of, .. } => {
                vec![of]
            }
            Expression::Binary(_, left, right) => vec![left, right],
        }
    }

    fn parts(&self) -> Vec<&Expression> {
        match self {
            Expression::Number(_) | Expression::Column(_) => Vec::new(),
            Expression::Negative(of) | Expression::Apply(_, of) | Expression::Standardize { of, .. } => {
                vec![of]
            }
            Expression::Binary(_, left, right) => vec![left, right],
        }
    }

    /// Visits this and all within it, what stands within first.
    pub fn walk<'a>(&'a self, visit: &mut dyn FnMut(&'a Expression)) {
        self.parts().into_iter().for_each(|part| part.walk(visit));
        visit(self);
    }

    /// [`walk`](Self::walk) for changes.
    pub fn walk_mut(&mut self, visit: &mut dyn FnMut(&mut Expression)) {
        self.parts_mut().into_iter().for_each(|part| part.walk_mut(visit));
        visit(self);
    }

    /// The columns that it reads, as often as they stand there.
    pub fn columns(&self) -> Vec<&Column> {
        let mut columns = Vec::new();
        self.walk(&mut |part| {
            if let Expression::Column(column) = part {
                columns.push(column);
            }
        });
        columns
    }

    /// Whether every mean and deviation within is known.
    pub fn is_learned(&self) -> bool {
        let mut known = true;
        self.walk(&mut |part| known &= !matches!(part, Expression::Standardize { learned: None, .. }));
        known
    }

    fn binding(&self) -> u8 {
        match self {
            Expression::Binary(operator, ..) => operator.binding(),
            Expression::Negative(_) => 3,
            _ => 5,
        }
    }
}

impl Operator {
    fn binding(self) -> u8 {
        match self {
            Operator::Add | Operator::Subtract => 1,
            Operator::Multiply | Operator::Divide => 2,
            Operator::Power => 4,
        }
    }

    fn sign(self) -> &'static str {
        match self {
            Operator::Add => " + ",
            Operator::Subtract => " - ",
            Operator::Multiply => " * ",
            Operator::Divide => " / ",
            Operator::Power => "^",
        }
    }
}

impl fmt::Display for Column {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match is_plain(&self.name) {
            true => f.write_str(&self.name),
            false => write!(f, "`{}`", self.name.replace('\\', "\\\\").replace('`', "\\`")),
        }
    }
}

/// The expression, in parentheses if it binds less than `least`.
struct Part<'a>(&'a Expression, u8);

impl fmt::Display for Part<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.binding() < self.1 { write!(f, "({})", self.0) } else { self.0.fmt(f) }
    }
}

/// A number as a formula has it.
pub(crate) struct Constant(pub f64);

impl fmt::Display for Constant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            value if value != 0.0 && !(1e-5..1e15).contains(&value.abs()) => write!(f, "{value:e}"),
            value => write!(f, "{value}"),
        }
    }
}

impl fmt::Display for Expression {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Expression::Number(value) => Constant(*value).fmt(f),
            Expression::Column(column) => column.fmt(f),
            Expression::Negative(of) => write!(f, "-{}", Part(of, 4)),
            Expression::Binary(Operator::Power, left, right) => {
                write!(f, "{}^{}", Part(left, 5), Part(right, 3))
            }
            Expression::Binary(operator, left, right) => {
                let binding = operator.binding();
                write!(f, "{}{}{}", Part(left, binding), operator.sign(), Part(right, binding + 1))
            }
            Expression::Apply(function, of) => write!(f, "{}({of})", function.name()),
            Expression::Standardize { of, ddof: None, .. } => write!(f, "center({of})"),
            Expression::Standardize { of, ddof: Some(0), .. } => write!(f, "scale({of})"),
            Expression::Standardize { of, ddof: Some(ddof), .. } => write!(f, "scale({of}, ddof = {ddof})"),
        }
    }
}

impl fmt::Display for Factor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Factor::Plain(
                of @ (Expression::Number(_) | Expression::Negative(_) | Expression::Binary(..)),
            ) => write!(f, "I({of})"),
            Factor::Plain(of) => of.fmt(f),
            Factor::Basis { of, basis } => basis.fmt_call(f, of),
            Factor::Category { of, contrast: None } => write!(f, "C({of})"),
            Factor::Category { of, contrast: Some(contrast) } => write!(f, "C({of}, {contrast})"),
        }
    }
}

impl fmt::Display for Node {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        /// In parentheses unless nothing outside can tear it apart.
        struct Whole<'a>(&'a Node);
        impl fmt::Display for Whole<'_> {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                match self.0 {
                    Node::Sum(_) | Node::Join(..) | Node::Power(..) => write!(f, "({})", self.0),
                    node => node.fmt(f),
                }
            }
        }
        match self {
            Node::One => f.write_str("1"),
            Node::Zero => f.write_str("0"),
            Node::All => f.write_str("."),
            Node::Factor(factor) => factor.fmt(f),
            Node::Sum(parts) => {
                for (place, (minus, part)) in parts.iter().enumerate() {
                    match (place, minus) {
                        (0, true) => f.write_str("-")?,
                        (0, false) => {}
                        (_, true) => f.write_str(" - ")?,
                        (_, false) => f.write_str(" + ")?,
                    }
                    match part {
                        Node::Sum(_) => write!(f, "({part})")?,
                        _ => part.fmt(f)?,
                    }
                }
                Ok(())
            }
            Node::Join(join, left, right, _) => {
                let sign = match join {
                    Join::Cross => " * ",
                    Join::Nest => " / ",
                    Join::Interact => ":",
                };
                write!(f, "{}{sign}{}", Whole(left), Whole(right))
            }
            Node::Power(of, most, _) => write!(f, "{}^{most}", Whole(of)),
        }
    }
}
