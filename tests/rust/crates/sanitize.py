"""Compile extensions anew with AddressSanitizer, and call all that they have at random.

python tests/rust/crates/sanitize.py regex hex …    wants the crates in the cache, rustup's nightly,
and gcc's libasan; crates are those that `pytest tests/rust/test_crates.py -m crates` made.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from polyhy.bridges.rust import cargo
from polyhy.bridges.rust.workspace import Workspace

CHAOS = Path(__file__).with_name("chaos.py")
SEEDS, STEPS = 6, 4000
OPTIONS = "detect_leaks=0:detect_odr_violation=0:allocator_may_return_null=1:abort_on_error=0"


def sanitized(name: str, env: Path, folder: Path) -> Path:
    """The extension of a crate of an env, as it was generated, with AddressSanitizer."""
    workspace = Workspace([env], name)
    workspace.prepare(folder)
    version = re.escape(workspace.package.version)
    made = (cargo.cache() / "extensions").glob(f"{name}-*/extension.rs")
    fitting = (f for f in made if re.fullmatch(rf"{name}-{version}-\w+", f.parent.name))
    source = max(fitting, key=lambda file: file.stat().st_mtime).read_text("utf-8")
    for library in re.findall(r"(?<![\w:])([a-z]\w*)::", source):
        if (other := workspace.find(library, workspace.package.requires)) is not None:
            workspace.others[other.name] = other
    workspace.declare()
    (folder / "src" / "lib.rs").write_text(source)
    target = cargo.cache() / "sanitized"
    words = ["cargo", "+nightly", "build", "--offline", "--lib", "--target", cargo.host()]
    flags = {"RUSTFLAGS": "-Zsanitizer=address --cap-lints=allow", "CARGO_TARGET_DIR": str(target)}
    subprocess.run(words, cwd=folder, env={**os.environ, **flags}, check=True, capture_output=True)
    library = f"libpolyhy_{name.replace('-', '_')}.so"
    return target / cargo.host() / "debug" / library


def play(extension: Path, name: str) -> list[str]:
    """What the sanitizer says of random calls."""
    asan = subprocess.run(["gcc", "-print-file-name=libasan.so"], capture_output=True, text=True)
    env = {**os.environ, "LD_PRELOAD": asan.stdout.strip(), "ASAN_OPTIONS": OPTIONS}
    said = []
    for seed in range(SEEDS):
        words = [sys.executable, str(CHAOS), str(extension), name, str(seed), str(STEPS)]
        env["PYTHONMALLOC"] = "malloc"
        try:
            done = subprocess.run(words, env=env, capture_output=True, text=True, timeout=240)
        except subprocess.TimeoutExpired:
            said.append("it took too long")
            continue
        found = re.search(r"ERROR: AddressSanitizer: .*", done.stderr)
        ended = found[0] if found else f"it ended with {done.returncode}"
        said.append(done.stdout.strip() if done.returncode == 0 else ended + done.stderr[-1500:])
    return said


if __name__ == "__main__":
    for word in sys.argv[1:]:
        crate, _, env_ = word.partition("=")
        with tempfile.TemporaryDirectory() as folder:
            try:
                file = sanitized(crate, Path(env_), Path(folder))
            except (subprocess.CalledProcessError, ValueError) as error:
                print(crate, "NOT BUILT", getattr(error, "stderr", error)[-1500:], flush=True)
                continue
            for line in play(file, crate.replace("-", "_")):
                print(crate, line, flush=True)
