import Glibc

/// f′(x) by the five-point stencil, (f(x-2h) - 8 f(x-h) + 8 f(x+h) - f(x+2h)) / 12h: its error falls with h⁴.
package func stencil(at x: Double, step h: Double = 1e-3, of f: (Double) throws -> Double) rethrows -> Double {
  try (f(x - 2 * h) - 8 * f(x - h) + 8 * f(x + h) - f(x + 2 * h)) / (12 * h)
}

/// The natural logarithm, for tests that do without a mathematics library.
package func logarithm(_ x: Double) -> Double { log(x) }

/// eˣ, for tests that do without a mathematics library.
package func exponential(_ x: Double) -> Double { exp(x) }
