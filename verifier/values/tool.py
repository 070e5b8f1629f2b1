"""Which verifier this is, as records, cassettes and the journal name it."""

VERSION = "0.1.0"
TOOL = f"verifier {VERSION}"
