"""Derivatives by JAX: writes derivatives.txt beside this file.

Each line is `name: numbers`, what crates/tensor/tests/derivatives.rs computes at the same points.
"""

import pathlib

import jax
import jax.numpy as jnp
import numpy

jax.config.update("jax_enable_x64", True)

x = jnp.array([0.5, -1.25, 2.0])
v = jnp.array([1.0, -0.5, 0.25])
u = jnp.array([[0.75, -2.0], [1.5, 0.5]])
a = jnp.array([[1.0, 2.0, -1.0], [0.5, -0.25, 3.0]])


def vector(x):
    return jax.nn.sigmoid(a @ x) * jnp.exp(x[0] * x[1])


def scalar(x):
    return jnp.sum(jnp.log(1.0 + jnp.square(a @ x))) / jnp.sqrt(1.0 + jnp.sum(jnp.square(x)))


def matrix(u):
    return u @ u * jnp.exp(u)


def nested(x):
    # The gradient of an inner function whose other use of x is constant to it.
    return x * jax.grad(lambda y: jnp.sum(x * jnp.square(y)))(x)


lines = {
    "jacobian of vector": jax.jacrev(vector)(x),
    "vector jacobian product": jax.vjp(vector, x)[1](v[:2])[0],
    "hessian of scalar": jax.hessian(scalar)(x),
    "hessian vector product": jax.jvp(jax.grad(scalar), (x,), (v,))[1],
    "jacobian of matrix": jax.jacrev(matrix)(u),
    "hessian of matrix": jax.hessian(lambda u: jnp.sum(matrix(u)))(u),
    "third derivatives": jax.jacrev(jax.hessian(scalar))(x),
    "jacobian of nested": jax.jacrev(nested)(x),
}
path = pathlib.Path(__file__).with_suffix(".txt")
text = f"jax {jax.__version__}, f64, no random numbers\n"
for name, values in lines.items():
    text += f"{name}: " + " ".join(repr(float(value)) for value in numpy.ravel(values)) + "\n"
path.write_text(text)
