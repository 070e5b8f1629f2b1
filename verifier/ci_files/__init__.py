"""Files that CI made of a commit, read as data of strangers: JUnit, Cobertura, LCOV and SARIF."""

from verifier.ci_files.reading import read_ci_files

__all__ = ["read_ci_files"]
