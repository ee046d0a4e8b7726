"""Rust: crates imported as they are, through shims made from their documentation."""
