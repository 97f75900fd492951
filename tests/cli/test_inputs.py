"""Files and standard input, plain and compressed; what cannot be read is a finding."""

from __future__ import annotations

import gzip
import io
import os
import sys
from typing import TYPE_CHECKING

import pytest

from fql.cli.inputs import is_plain_file, opened, read_text
from fql.grammar.diagnostics import Code, FqlError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LIMIT = 1 << 20
CONTENT = b"".join(b'{"number": %d, "text": "abcdefgh"}\n' % n for n in range(50_000))


def zstd(content: bytes) -> bytes:
    """Return *content* as a zstd frame."""
    module = pytest.importorskip("zstandard")
    packed: bytes = module.ZstdCompressor().compress(content)
    return packed


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gz": gzip.compress,
    "GZ": gzip.compress,
    "zst": zstd,
    "zstd": zstd,
}


def content_of(path: Path | str) -> bytes:
    """Return all lines that *path* gives, joined."""
    with opened(str(path)) as source:
        return b"".join(iter(lambda: source.read(LIMIT), b""))


def finding(path: Path | str) -> tuple[Code, str]:
    """Return what reading *path* finds."""
    with pytest.raises(FqlError) as caught:
        content_of(path)
    (diagnostic,) = caught.value.diagnostics
    return diagnostic.code, diagnostic.message


@pytest.mark.parametrize("suffix", PACKED)
@pytest.mark.parametrize("content", [b"", b"a", CONTENT], ids=["empty", "byte", "much"])
def test_content_comes_out_as_it_was(
    suffix: str, content: bytes, tmp_path: Path
) -> None:
    file = tmp_path / f"events.{suffix}"
    file.write_bytes(PACKED[suffix](content))
    assert content_of(file) == content


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_files_of_several_parts_are_read_to_their_end(
    suffix: str, tmp_path: Path
) -> None:
    file = tmp_path / f"events.{suffix}"
    file.write_bytes(PACKED[suffix](CONTENT) + PACKED[suffix](b"more"))
    assert content_of(file) == CONTENT + b"more"


@pytest.mark.parametrize("suffix", ["gz", "zst"])
@pytest.mark.parametrize("kept", [3, 1_000, -2])
def test_a_file_that_breaks_off_is_a_finding(
    suffix: str, kept: int, tmp_path: Path
) -> None:
    file = tmp_path / f"events.{suffix}"
    file.write_bytes(PACKED[suffix](CONTENT)[:kept])
    code, message = finding(file)
    assert code is Code.FILE_UNREADABLE
    assert message.endswith(": the compressed file breaks off")


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_a_file_that_is_not_what_its_name_says_is_a_finding(
    suffix: str, tmp_path: Path
) -> None:
    file = tmp_path / f"events.{suffix}"
    file.write_bytes(b'{"type": "track"}\n' * 100)
    assert finding(file)[0] is Code.FILE_UNREADABLE


def test_damage_in_the_middle_is_a_finding(tmp_path: Path) -> None:
    file = tmp_path / "events.zst"
    packed = bytearray(zstd(CONTENT))
    packed[len(packed) // 2] ^= 0xFF
    file.write_bytes(packed[: len(packed) // 2] + b"\xff" * 50)
    assert finding(file)[0] is Code.FILE_UNREADABLE


def test_zstd_without_its_package_names_the_extra(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "events.zst"
    file.write_bytes(b"")
    monkeypatch.setitem(sys.modules, "zstandard", None)
    with pytest.raises(FqlError) as caught:
        content_of(file)
    (diagnostic,) = caught.value.diagnostics
    assert diagnostic.code is Code.MISSING_EXTRA
    assert diagnostic.help == 'install it: pip install "fql[cli]"'


def test_a_bomb_is_unpacked_piece_by_piece(tmp_path: Path) -> None:
    file = tmp_path / "events.zst"
    module = pytest.importorskip("zstandard")
    packer = module.ZstdCompressor().compressobj()
    with file.open("wb") as stream:
        for _ in range(300):
            stream.write(packer.compress(bytes(1 << 20)))
        stream.write(packer.flush())
    with opened(str(file)) as source:
        assert source.read(1 << 16) == bytes(1 << 16)
        assert source.position() < file.stat().st_size


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("gone.ndjson", "no such file or directory"),
        (".", "is a directory"),
        ("a\0b", "embedded null"),
    ],
)
def test_what_cannot_be_opened_is_a_finding(path: str, reason: str) -> None:
    code, message = finding(path)
    assert code is Code.FILE_UNREADABLE
    assert reason in message


def test_standard_input_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(CONTENT))
    monkeypatch.setattr(sys, "stdin", stdin)
    assert content_of("-") == CONTENT
    assert not stdin.buffer.closed


def test_without_standard_input_there_is_nothing_to_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", None)
    assert content_of("-") == b""


def test_a_file_has_a_size_and_a_position(tmp_path: Path) -> None:
    file = tmp_path / "events.ndjson"
    file.write_bytes(CONTENT)
    with opened(str(file)) as source:
        assert (source.size, source.is_live) == (len(CONTENT), False)
        while source.read(LIMIT):
            pass
        assert source.position() == len(CONTENT)


@pytest.mark.skipif(os.name == "nt", reason="pipes have no names there")
def test_a_pipe_is_live_and_has_no_size(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    writer = os.open(pipe, os.O_RDWR)
    with opened(str(pipe)) as source:
        os.write(writer, b"one\ntwo\n")
        assert (source.size, source.is_live) == (None, True)
        assert source.read(LIMIT) == b"one\ntwo\n"
        assert source.position() == 0
    os.close(writer)


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_a_text_is_read_from_standard_input(
    mark: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = io.BytesIO(mark + "é".encode())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(content))
    source = read_text("-")
    assert (source.text, source.name) == ("é", "<stdin>")


def test_a_text_is_read_from_a_file(tmp_path: Path) -> None:
    file = tmp_path / "a.fql"
    file.write_text("é", encoding="utf-8")
    source = read_text(str(file))
    assert (source.text, source.name) == ("é", str(file))


@pytest.mark.parametrize(
    ("name", "is_plain"),
    [("e", True), ("e.gz", False), ("e.ZST", False), ("gone", False), ("a\0b", False)],
)
def test_only_plain_files_are_read_from_any_place(
    name: str, is_plain: bool, tmp_path: Path
) -> None:
    for each in ("e", "e.gz", "e.ZST"):
        (tmp_path / each).write_bytes(b"")
    assert is_plain_file(f"{tmp_path}/{name}") is is_plain
    assert not is_plain_file("-")
    assert not is_plain_file(str(tmp_path))
