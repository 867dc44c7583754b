"""Principal directions of people who are mixes of shape targets, found in the space of the mixing shares."""

import numpy as np


def principal_combinations(
    rows: np.ndarray, shares: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Combinations of targets [T, K], their variances [K], and the Gram matrix [T, T].

    ``rows`` [T, D] are the targets, ``shares`` [P, T] sampled people. With G = L L' the Gram matrix and C the
    covariance of the shares, the eigenvectors of L' C L are turned back into combinations of targets, so that
    ``combinations.T @ rows`` has orthonormal rows.
    """
    gram = (rows @ rows.T).astype(np.float64)
    values, vectors = np.linalg.eigh(gram)
    factor = vectors * np.sqrt(np.maximum(values, 1e-9 * values.max()))
    variance, directions = np.linalg.eigh(factor.T @ np.cov(shares.T) @ factor)
    best = np.argsort(-variance)[:count]
    print(f"{count} directions keep {variance[best].sum() / variance.sum():.4%} of the variance")
    return np.linalg.solve(factor.T, directions[:, best]), variance[best], gram
