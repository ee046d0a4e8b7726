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
    Case("libssh2", "libssh2-1-dev", "assert lib.libssh2_version(0) == lib.LIBSSH2_VERSION"),
    Case(
        "uuid",
        "uuid-dev",
        """
room, text = bytearray(16), bytearray(37)
lib.uuid_generate(room)
lib.uuid_unparse(room, text)
again = bytearray(16)
assert lib.uuid_parse(bytes(text[:36]), again) == 0 and again == room
""",
    ),
    Case("libudev", "libudev-dev", "udev = lib.udev_new()\nassert udev.ref() is not None"),
    Case(
        "x11",
        "libx11-dev",
        "assert lib.XStringToKeysym('a') == 97 and lib.XKeysymToString(97) == 'a'",
    ),
    Case("xcb", "libxcb1-dev", "assert lib.xcb_popcount(7) == 3"),
    Case(
        "pango",
        "libpango1.0-dev",
        "assert lib.pango_version_string() == lib.PANGO_VERSION_STRING",
    ),
    Case(
        "gdk-pixbuf-2.0",
        "libgdk-pixbuf-2.0-dev",
        """
image = lib.gdk_pixbuf_new(lib.GDK_COLORSPACE_RGB, 0, 8, 4, 3)
assert (image.get_width(), image.get_height()) == (4, 3)
""",
    ),
    Case("opus", "libopus-dev", "assert lib.opus_strerror(lib.OPUS_BAD_ARG) == 'invalid argument'"),
    Case(
        "vorbis",
        "libvorbis-dev",
        "it = lib.vorbis_info()\nlib.vorbis_info_init(it)\nassert it.blocksize(0) <= 0",
    ),
    Case("flac", "libflac-dev", "assert lib.FLAC__format_sample_rate_is_valid(44100) == 1"),
    Case("sndfile", "libsndfile1-dev", "assert lib.sf_version_string().startswith('libsndfile')"),
    Case(
        "portaudio-2.0",
        "portaudio19-dev",
        "assert lib.Pa_GetErrorText(lib.paNotInitialized) == 'PortAudio not initialized'",
    ),
    Case("libopenjp2", "libopenjp2-7-dev", "assert lib.opj_version().startswith('2.')"),
    Case(
        "libavif",
        "libavif-dev",
        """
image = lib.avifImageCreate(4, 3, 8, lib.AVIF_PIXEL_FORMAT_YUV420)
assert (image.width, image.height) == (4, 3)
""",
    ),
    Case(
        "libcmark",
        "libcmark-dev",
        "assert lib.cmark_markdown_to_html('*hi*', 4, 0) == '<p><em>hi</em></p>\\n'",
    ),
    Case("libpq", "libpq-dev", "assert lib.PQresStatus(lib.PGRES_TUPLES_OK) == 'PGRES_TUPLES_OK'"),
    Case(
        "libmariadb", "libmariadb-dev", "db = lib.mysql_init(None)\nassert lib.mysql_errno(db) == 0"
    ),
    Case("rdkafka", "librdkafka-dev", "assert lib.rd_kafka_err2str(0) == 'Success'"),
    Case(
        "libzmq",
        "libzmq3-dev",
        """
context = lib.zmq_ctx_new()
ends = [lib.zmq_socket(context, lib.ZMQ_PAIR) for _ in range(2)]
assert lib.zmq_bind(ends[0], "inproc:" + "//x") == lib.zmq_connect(ends[1], "inproc:" + "//x") == 0
assert lib.zmq_send(ends[0], b"hello", 5, 0) == 5
room = bytearray(5)
assert lib.zmq_recv(ends[1], room, 5, 0) == 5 and room == b"hello"
""",
    ),
    Case("nanomsg", "libnanomsg-dev", "assert lib.nn_strerror(2) == 'No such file or directory'"),
    Case("jq", "libjq-dev", "assert lib.jv_number_value(lib.jv_number(3)) == 3.0"),
    Case("tre", "libtre-dev", "assert lib.tre_version().startswith('TRE')"),
    Case("libcap", "libcap-dev", "assert lib.cap_to_name(0) == 'cap_chown'"),
    Case(
        "libseccomp",
        "libseccomp-dev",
        "assert lib.seccomp_syscall_resolve_name('no_such_call') == -1",
    ),
    Case(
        "capstone",
        "libcapstone-dev",
        """
status, handle = lib.cs_open(lib.CS_ARCH_X86, lib.CS_MODE_64)
assert (status, lib.cs_insn_name(handle, lib.X86_INS_NOP)) == (0, "nop")
""",
    ),
    Case("unicorn", "libunicorn-dev", "assert lib.uc_strerror(0) == 'OK (UC_ERR_OK)'"),
    Case("openblas", "libopenblas-dev", "assert lib.cblas_ddot(2, [1, 2], 1, [3, 4], 1) == 11"),
    Case(
        "lapacke",
        "liblapacke-dev",
        """
import numpy as np
a, b, pivots = np.array([[2.0, 0], [0, 4]]), np.array([2.0, 8]), np.zeros(2, "i4")
assert lib.LAPACKE_dgesv(101, 2, 1, a, 2, pivots, b, 1) == 0 and b.tolist() == [1, 2]
""",
    ),
    Case(
        "cholmod",
        "libsuitesparse-dev",
        "c = lib.cholmod_common()\nassert lib.cholmod_start(c) == 1 and lib.cholmod_finish(c) == 1",
    ),
    Case(
        "glpk",
        "libglpk-dev",
        """
problem = lib.glp_create_prob()
assert lib.glp_add_rows(problem, 2) == 1 and lib.glp_get_num_rows(problem) == 2
""",
    ),
    Case(
        "nlopt",
        "libnlopt-dev",
        "it = lib.nlopt_create(lib.NLOPT_LN_COBYLA, 3)\nassert it.get_dimension() == 3",
    ),
    Case("proj", "libproj-dev", "assert abs(lib.proj_todeg(lib.proj_torad(180)) - 180) < 1e-9"),
    Case("geos", "libgeos-dev", "assert lib.GEOSversion()"),
    Case(
        "hdf5",
        "libhdf5-dev",
        """
status, *version = lib.H5get_libversion()
assert status == 0 and version[0] == lib.H5_VERS_MAJOR
""",
    ),
    Case("netcdf", "libnetcdf-dev", "assert lib.nc_strerror(0) == 'No error'"),
    Case("libbrotlienc", "libbrotli-dev", "assert lib.BrotliEncoderMaxCompressedSize(100) > 100"),
    Case("libbrotlidec", "libbrotli-dev", "assert lib.BrotliDecoderVersion() > 0"),
    Case(
        "snappy",
        "libsnappy-dev",
        """
out = bytearray(lib.snappy_max_compressed_length(4))
status, n = lib.snappy_compress(b"aaaa", 4, out)
assert (status, lib.snappy_validate_compressed_buffer(bytes(out[:n]), n)) == (0, 0)
""",
    ),
    Case("krb5", "libkrb5-dev", "status, context = lib.krb5_init_context()\nassert status == 0"),
    Case(
        "popt", "libpopt-dev", "assert lib.poptStrerror(lib.POPT_ERROR_BADOPT) == 'unknown option'"
    ),
    Case(
        "wayland-client",
        "libwayland-dev",
        "assert lib.wl_fixed_to_int(lib.wl_fixed_from_int(7)) == 7",
    ),
    Case("libdrm", "libdrm-dev", "assert lib.drmAvailable() in (0, 1)"),
    Case("alsa", "libasound2-dev", "assert lib.snd_asoundlib_version() == lib.SND_LIB_VERSION_STR"),
    Case("libpulse", "libpulse-dev", "assert lib.pa_strerror(0) == 'OK'"),
    Case("libmodbus", "libmodbus-dev", "assert lib.modbus_get_float([0, 0]) == 0.0"),
    Case("libidn2", "libidn2-dev", "assert lib.idn2_strerror_name(0) == 'IDN2_OK'"),
    Case(
        "libpsl", "libpsl-dev", "assert lib.psl_is_public_suffix(lib.psl_latest(None), 'com') == 1"
    ),
    Case(
        "libnghttp2",
        "libnghttp2-dev",
        "assert lib.nghttp2_strerror(0) == 'Success' and lib.nghttp2_version(0).version_str",
    ),
    Case(
        "libmicrohttpd",
        "libmicrohttpd-dev",
        "assert lib.MHD_get_reason_phrase_for(404) == 'Not Found'",
    ),
    Case("libmosquitto", "libmosquitto-dev", "assert lib.mosquitto_strerror(0) == 'No error.'"),
    Case(
        "gnutls", "libgnutls28-dev", "assert lib.gnutls_check_version(None) == lib.GNUTLS_VERSION"
    ),
    Case(
        "libgcrypt",
        "libgcrypt20-dev",
        """
out = bytearray(20)
lib.gcry_md_hash_buffer(lib.GCRY_MD_SHA1, out, b"abc", 3)
assert out.hex().startswith("a9993e36")
""",
    ),
    Case("libelf", "libelf-dev", "assert lib.elf_version(1) == 1"),
    Case("libbpf", "libbpf-dev", "assert lib.libbpf_major_version() == lib.LIBBPF_MAJOR_VERSION"),
    Case(
        "libsystemd", "libsystemd-dev", "status, id = lib.sd_id128_randomize()\nassert status == 0"
    ),
    Case("libxslt", "libxslt1-dev", "assert lib.xsltLibxsltVersion == lib.LIBXSLT_VERSION"),
    Case("fontconfig", "libfontconfig-dev", "assert lib.FcStrCmpIgnoreCase('ABC', 'abc') == 0"),
    Case("yajl", "libyajl-dev", "assert lib.yajl_version() == lib.YAJL_VERSION"),
    Case(
        "fribidi",
        "libfribidi-dev",
        "assert lib.fribidi_get_bidi_type(0x5d0) == lib.FRIBIDI_TYPE_RTL",
    ),
    Case(
        "samplerate",
        "libsamplerate0-dev",
        "assert lib.src_is_valid_ratio(2.0) == 1 and lib.src_get_name(0)",
    ),
    Case(
        "bdw-gc",
        "libgc-dev",
        "assert lib.GC_get_version() >> 16 == lib.GC_VERSION_MAJOR",
    ),
    Case("mpc", "libmpc-dev", "assert lib.mpc_get_version() == lib.MPC_VERSION_STRING"),
    Case("ssl", "libssl-dev", "assert lib.SSL_alert_desc_string(40) == 'HF'"),
    Case(
        "gobject-2.0",
        "libglib2.0-dev",
        "assert lib.g_type_name(lib.g_type_from_name('gint')) == 'gint'",
    ),
    Case("protobuf-c", "libprotobuf-c-dev", "assert lib.protobuf_c_version_number() > 1000000"),
    Case("ldap", "libldap-dev", "assert lib.ldap_err2string(0) == 'Success'"),
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
