"""What systems call the packages of C libraries, and how each is installed."""

from __future__ import annotations

import re

from polyhy import installers

PACKAGES = {
    "cairo": ("libcairo2-dev", "cairo-devel", "cairo"),
    "crypto": ("libssl-dev", "openssl-devel", "openssl"),
    "curl": ("libcurl4-openssl-dev", "libcurl-devel", "curl"),
    "event": ("libevent-dev", "libevent-devel", "libevent"),
    "expat": ("libexpat1-dev", "expat-devel", "expat"),
    "fftw": ("libfftw3-dev", "fftw-devel", "fftw"),
    "glib": ("libglib2.0-dev", "glib2-devel", "glib"),
    "jpeg": ("libjpeg-dev", "libjpeg-turbo-devel", "jpeg-turbo"),
    "lzma": ("liblzma-dev", "xz-devel", "xz"),
    "openssl": ("libssl-dev", "openssl-devel", "openssl"),
    "pcre": ("libpcre2-dev", "pcre2-devel", "pcre2"),
    "sdl": ("libsdl2-dev", "SDL2-devel", "sdl2"),
    "sqlite": ("libsqlite3-dev", "sqlite-devel", "sqlite"),
    "ssl": ("libssl-dev", "openssl-devel", "openssl"),
    "usb": ("libusb-1.0-0-dev", "libusb1-devel", "libusb"),
    "uv": ("libuv1-dev", "libuv-devel", "libuv"),
    "xml": ("libxml2-dev", "libxml2-devel", "libxml2"),
    "z": ("zlib1g-dev", "zlib-devel", "zlib"),
    "zlib": ("zlib1g-dev", "zlib-devel", "zlib"),
}
"""What systems call a library, where it is not `lib<name>-dev`: of apt, of dnf, of brew."""

_TOOLS = {
    "pkg-config": "apt-get install pkg-config  (dnf install pkgconf; brew install pkgconf)",
    "cc": installers.compiler("gcc libc6-dev", "gcc"),
}


def install_command(name: str) -> str:
    """How a system gets a library: `apt-get install zlib1g-dev`, and for others beside it."""
    return installers.command(named(name))


def named(name: str) -> installers.Packages:
    """What apt, dnf and brew most likely call the package of a library."""
    stem = plain(name)
    return installers.Packages(*PACKAGES[stem]) if stem in PACKAGES else installers.likely(stem)


def tool_command(tool: str) -> str:
    """How a system gets pkg-config or a compiler."""
    return _TOOLS[tool]


def plain(name: str) -> str:
    """`libxml-2.0`, `xml2` and `libxml2` are all `xml`."""
    return re.sub(r"[-_.\d+]+$", "", name.lower().removeprefix("lib"))
