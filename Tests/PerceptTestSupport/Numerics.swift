import PerceptPlatform

/// Returns f′(x) with the five-point stencil, (f(x-2h) - 8 f(x-h) + 8 f(x+h) - f(x+2h)) / 12h. The error is O(h⁴).
package func stencil(at x: Double, step h: Double = 1e-3, of f: (Double) throws -> Double) rethrows -> Double {
  try (f(x - 2 * h) - 8 * f(x - h) + 8 * f(x + h) - f(x + 2 * h)) / (12 * h)
}

/// Returns the natural logarithm, for tests that do not import PerceptPlatform.
package func logarithm(_ x: Double) -> Double { log(x) }

/// Returns eˣ, for tests that do not import PerceptPlatform.
package func exponential(_ x: Double) -> Double { exp(x) }
