"""Packages: declared in the manifest, resolved into the lock, fetched, laid out in an env."""
