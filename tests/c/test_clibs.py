"""Libraries of Debian's -dev packages: nearly every exported function binds, and one call is right.

Each runs in a process of its own. Three run always; the rest by `pytest -m clibs`, where their
packages are installed.
"""

from __future__ import annotations

import json
import subprocess
import sys
from typing import NamedTuple

import pytest


class Case(NamedTuple):
    """A library: its package in Debian, and a program in which a call of `lib` must be right."""

    name: str
    package: str
    program: str


CASES = [
    Case("zlib", "zlib1g-dev", "assert lib.crc32(0, b'hello') == 0x3610a686"),
    Case(
        "sqlite3",
        "libsqlite3-dev",
        """
_, db = lib.sqlite3_open(":memory:")
_, row, _ = lib.sqlite3_prepare_v2(db, "select 6 * 7")
assert row.step() == lib.SQLITE_ROW and row.column_int(0) == 42
""",
    ),
    Case("m", "libc6-dev", "assert lib.hypot(3, 4) == 5.0 and lib.frexp(8.0) == (0.5, 4)"),
    Case("c", "libc6-dev", "assert lib.strtol('ff', None, 16) == 255 and lib.div(7, 2).rem == 1"),
    Case(
        "curl",
        "libcurl4-openssl-dev",
        """
curl = lib.curl_easy_init()
assert lib.curl_easy_escape(curl, "a b", 3) == "a%20b"
assert lib.curl_easy_setopt(curl, lib.CURLOPT_URL, "file:" + "///etc/hostname") == lib.CURLE_OK
""",
    ),
    Case(
        "png",
        "libpng-dev",
        "assert lib.png_access_version_number() == lib.PNG_LIBPNG_VER",
    ),
    Case(
        "xml2",
        "libxml2-dev",
        """
text = "<a b='é'><c/></a>"
doc = lib.xmlReadMemory(text, len(text.encode()), "x.xml", None, 0)
root = lib.xmlDocGetRootElement(doc)
assert (root.name, root.children.name, lib.xmlGetProp(root, "b")) == ("a", "c", "é")
""",
    ),
    Case(
        "crypto",
        "libssl-dev",
        """
import hashlib
out = bytearray(32)
lib.SHA256(b"abc", 3, out)
assert out == hashlib.sha256(b"abc").digest()
""",
    ),
    Case(
        "cairo",
        "libcairo2-dev",
        """
surface = lib.cairo_image_surface_create(lib.CAIRO_FORMAT_ARGB32, 4, 4)
context = lib.cairo_create(surface)
context.set_source_rgb(1.0, 0.0, 0.0)
context.paint()
assert context.status() == 0 and surface.image_surface_get_width() == 4
""",
    ),
    Case("SDL2", "libsdl2-dev", "assert lib.SDL_Init(0) == 0 and lib.SDL_GetTicks() >= 0"),
    Case(
        "gsl",
        "libgsl-dev",
        """
import numpy as np
assert abs(lib.gsl_sf_bessel_J0(5.0) + 0.17759677131433830) < 1e-12
assert lib.gsl_stats_mean(np.array([1.0, 2.0, 6.0]), 1, 3) == 3.0
""",
    ),
    Case(
        "fftw3",
        "libfftw3-dev",
        """
import numpy as np
xs, out = np.arange(8.0), np.zeros(5, complex)
room = lib.ffi.cast("fftw_complex *", lib.ffi.from_buffer(out))
plan = lib.fftw_plan_dft_r2c_1d(8, xs, room, lib.FFTW_ESTIMATE)
lib.fftw_execute(plan)
assert np.allclose(out, np.fft.rfft(np.arange(8.0)))
""",
    ),
    Case(
        "git2",
        "libgit2-dev",
        """
import tempfile
assert lib.git_libgit2_init() >= 1
status, repository = lib.git_repository_init(tempfile.mkdtemp(), 1)
assert status == 0 and repository.is_bare() == 1
""",
    ),
    Case(
        "uv",
        "libuv1-dev",
        """
loop, timer, fired = lib.uv_default_loop(), lib.uv_timer_t(), []
lib.uv_timer_init(loop, timer)
lib.uv_timer_start(timer, lambda t: fired.append(1), 1, 0)
lib.uv_run(loop, lib.UV_RUN_DEFAULT)
assert fired == [1]
""",
    ),
    Case(
        "zstd",
        "libzstd-dev",
        """
data, packed, back = b"a" * 1000, bytearray(200), bytearray(1000)
size = lib.ZSTD_compress(packed, 200, data, 1000, 3)
assert lib.ZSTD_decompress(back, 1000, bytes(packed[:size]), size) == 1000 and back == data
""",
    ),
    Case(
        "lz4",
        "liblz4-dev",
        """
data, packed, back = b"a" * 1000, bytearray(200), bytearray(1000)
size = lib.LZ4_compress_default(data, packed)
assert lib.LZ4_decompress_safe(bytes(packed[:size]), back, size, 1000) == 1000 and back == data
""",
    ),
    Case(
        "expat",
        "libexpat1-dev",
        """
seen = []
parser = lib.XML_ParserCreate(None)
parser.SetElementHandler(lambda user, name: seen.append(name), lambda user, name: None)
assert parser.Parse(b"<a><b/></a>", 11, 1) == lib.XML_STATUS_OK and seen == ["a", "b"]
""",
    ),
    Case(
        "sodium",
        "libsodium-dev",
        """
assert lib.sodium_init() >= 0
out = bytearray(9)
assert lib.sodium_bin2hex(out, 9, b"\\x01\\xab\\xff\\x10", 4) == "01abff10"
""",
    ),
    Case(
        "archive",
        "libarchive-dev",
        """
import tempfile
file = tempfile.mktemp()
writer = lib.archive_write_new()
writer.set_format_ustar()
assert writer.write_open_filename(file) == lib.ARCHIVE_OK
entry = lib.archive_entry_new()
entry.set_pathname("a.txt"); entry.set_size(5); entry.set_filetype(lib.AE_IFREG)
assert lib.archive_write_header(writer, entry) == lib.ARCHIVE_OK
assert lib.archive_write_data(writer, b"hello", 5) == 5
assert lib.archive_write_close(writer) == lib.archive_write_free(writer) == 0
import tarfile
assert tarfile.open(file).getnames() == ["a.txt"]
""",
    ),
    Case("usb-1.0", "libusb-1.0-0-dev", "assert lib.libusb_get_version().major == 1"),
    Case(
        "freetype",
        "libfreetype-dev",
        """
status, library = lib.FT_Init_FreeType()
assert status == 0 and lib.FT_Library_Version(library)[0] == 2
""",
    ),
    Case(
        "harfbuzz",
        "libharfbuzz-dev",
        """
buffer = lib.hb_buffer_create()
buffer.add_utf8("abc", -1, 0, -1)
assert buffer.get_length() == 3
""",
    ),
    Case(
        "glib-2.0",
        "libglib2.0-dev",
        """
table = lib.g_hash_table_new(lib.raw.g_str_hash, lib.raw.g_str_equal)
assert lib.g_hash_table_size(table) == 0 and lib.g_ascii_strup("abc", -1) == "ABC"
""",
    ),
    Case(
        "lmdb",
        "liblmdb-dev",
        """
import tempfile
status, env = lib.mdb_env_create()
assert lib.mdb_env_open(env, tempfile.mkdtemp(), 0, 0o600) == 0
status, txn = lib.mdb_txn_begin(env, None, 0)
status, dbi = lib.mdb_dbi_open(txn, None, 0)
key, value = lib.MDB_val(mv_size=1, mv_data=b"k"), lib.MDB_val(mv_size=5, mv_data=b"value")
assert lib.mdb_put(txn, dbi, key, value, 0) == 0
got = lib.MDB_val()
assert lib.mdb_get(txn, dbi, key, got) == 0
assert bytes(lib.ffi.buffer(got.mv_data, got.mv_size)) == b"value"
""",
    ),
    Case(
        "gmp",
        "libgmp-dev",
        """
number = lib.ffi.new("mpz_t")
assert lib.mpz_init_set_str(number, "123456789012345678901234567890", 10) == 0
lib.mpz_mul_ui(number, number, 2)
assert lib.mpz_get_str(None, 10, number) == "246913578024691357802469135780"
""",
    ),
    Case(
        "mpfr",
        "libmpfr-dev",
        """
x = lib.ffi.new("mpfr_t")
lib.mpfr_init2(x, 100)
lib.mpfr_const_pi(x, lib.MPFR_RNDN)
assert abs(lib.mpfr_get_d(x, lib.MPFR_RNDN) - 3.141592653589793) < 1e-15
""",
    ),
    Case(
        "jansson",
        "libjansson-dev",
        """
root = lib.json_loads('{"a": [1, 2.5]}', 0, None)
xs = lib.json_object_get(root, "a")
assert lib.json_array_size(xs) == 2 and lib.json_real_value(lib.json_array_get(xs, 1)) == 2.5
""",
    ),
    Case(
        "yaml",
        "libyaml-dev",
        """
parser, event, kinds, text = lib.yaml_parser_t(), lib.yaml_event_t(), [], b"a: [1, 2]"
assert lib.yaml_parser_initialize(parser) == 1
lib.yaml_parser_set_input_string(parser, text, len(text))
while not kinds or kinds[-1] != lib.YAML_STREAM_END_EVENT:
    assert lib.yaml_parser_parse(parser, event) == 1
    kinds.append(event.type)
assert kinds.count(lib.YAML_SCALAR_EVENT) == 3
""",
    ),
    Case("bz2", "libbz2-dev", "assert lib.BZ2_bzlibVersion().startswith('1.')"),
    Case("lzma", "liblzma-dev", "assert lib.lzma_crc32(b'hello', 5, 0) == 0x3610a686"),
    Case("event", "libevent-dev", "assert lib.event_base_new().loop(lib.EVLOOP_NONBLOCK) == 1"),
    Case("jpeg", "libjpeg-dev", "assert lib.jpeg_std_error(lib.jpeg_error_mgr()) is not None"),
    Case("tiff", "libtiff-dev", "assert 'LIBTIFF' in lib.TIFFGetVersion()"),
    Case("webp", "libwebp-dev", "assert lib.WebPGetDecoderVersion() > 0x10000"),
    Case(
        "pcre2-8", "libpcre2-dev", "assert lib.pcre2_config_8(lib.PCRE2_CONFIG_UNICODE, None) == 4"
    ),
    Case("onig", "libonig-dev", "assert lib.onig_version()[0].isdigit()"),
    Case(
        "cjson",
        "libcjson-dev",
        """
root = lib.cJSON_Parse('{"a": 5}')
assert root.GetObjectItem("a").valueint == 5
assert lib.cJSON_PrintUnformatted(root) == '{"a":5}'
root.Delete()
""",
    ),
    Case("hiredis", "libhiredis-dev", "assert lib.redisReaderCreate() is not None"),
    Case("xxhash", "libxxhash-dev", "assert lib.XXH32(b'abc', 3, 0) == 0x32D153FF"),
    Case("utf8proc", "libutf8proc-dev", "assert lib.utf8proc_tolower(ord('É')) == ord('é')"),
    Case("ncurses", "libncurses-dev", "assert lib.curses_version().startswith('ncurses')"),
    Case("readline", "libreadline-dev", "assert lib.rl_library_version >= '8'"),
    Case("magic", "libmagic-dev", "assert lib.magic_version() > 500"),
    Case(
        "b2",
        "libb2-dev",
        "out = bytearray(64)\nassert lib.blake2b(out, b'a', None, 64, 1, 0) == 0 and any(out)",
    ),
]
ALWAYS = ("zlib", "sqlite3", "m", "c")

PROGRAM = """
import json, polyhy, sys
from polyhy.bridges.c.library import Library
lib = polyhy.import_from("c", sys.argv[1])
exec(sys.argv[2])
index, bound, refused, odd = lib._index, 0, {}, {}
unspoken = {n: why for n, why in index.missing.items() if why.startswith("cffi")}
for place, name in enumerate(index.names()):
    if place % 200 == 0:  # cffi reads all typedefs again for each declaration
        part = Library(sys.argv[1], index)
    record = index[name] if name[0] != " " and not name.startswith("members ") else {}
    if record.get("layout"):
        try:
            part.complete(name)
        except Exception as error:
            odd[name] = str(error)
    if record.get("kind") == "function" and not record["inline"]:
        try:
            getattr(part, name)
            bound += 1
        except Exception as error:
            refused[name] = repr(error)
print(json.dumps([lib.__version__, bound, {**refused, **unspoken}, odd]))
"""


@pytest.mark.parametrize(
    "case",
    [
        pytest.param(case, id=case.name, marks=[] if case.name in ALWAYS else pytest.mark.clibs)
        for case in CASES
    ],
)
def test_a_library_is_bound_and_answers(case: Case, record_property: object) -> None:
    words = [sys.executable, "-c", PROGRAM, case.name, case.program]
    done = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, f"{case.package}: {done.stderr}"
    version, bound, refused, odd = json.loads(done.stdout.splitlines()[-1])
    print(f"{case.name} {version}: {bound} of {bound + len(refused)} {refused} {odd}")
    assert bound > 0
    assert bound / (bound + len(refused)) >= 0.97, refused
    assert odd == {}, "layouts that are not the compiler's"


def test_at_least_25_libraries_are_tried() -> None:
    assert len({case.name for case in CASES}) >= 25
