//! `Bundle`: the tensors that a function takes or gives, in whatever arrangement.

use crate::Tensor;

/// Tensors in an arrangement: one, a tuple, an array or a vector of arrangements, or none.
pub trait Bundle: Clone {
    /// Hands out each tensor, always in the same order.
    fn visit(&mut self, each: &mut dyn FnMut(&mut Tensor));
}

impl Bundle for Tensor {
    fn visit(&mut self, each: &mut dyn FnMut(&mut Tensor)) {
        each(self);
    }
}

macro_rules! iterated {
    ($([$($generics:tt)*] $type:ty),*) => {$(
        impl<B: Bundle, $($generics)*> Bundle for $type {
            fn visit(&mut self, each: &mut dyn FnMut(&mut Tensor)) {
                self.iter_mut().for_each(|bundle| bundle.visit(each));
            }
        }
    )*};
}

iterated!([const COUNT: usize] [B; COUNT], [] Vec<B>, [] Option<B>);

macro_rules! tuples {
    ($(($($Bundle:ident $bundle:ident),*))*) => {$(
        impl<$($Bundle: Bundle),*> Bundle for ($($Bundle,)*) {
            #[allow(unused_variables, reason = "nobody is to be visited in the empty tuple")]
            fn visit(&mut self, each: &mut dyn FnMut(&mut Tensor)) {
                let ($($bundle,)*) = self;
                $($bundle.visit(each);)*
            }
        }
    )*};
}

tuples! {
    ()
    (A a)
    (A a, B b)
    (A a, B b, C c)
    (A a, B b, C c, D d)
    (A a, B b, C c, D d, E e)
    (A a, B b, C c, D d, E e, F f)
}
