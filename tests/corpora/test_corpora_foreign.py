"""Files in other encodings: each is read right, or said to be guessed, or refused; none is silently another text."""

from collections import Counter
from itertools import product

import pytest
from foreign_texts import ENCODINGS, TEXTS

from charplay.corpora import decoding, detection
from charplay.corpora.control_codes import control_share
from charplay.corpora.decoding import decode
from charplay.corpora.errors import CorpusError, NotText
from charplay.corpora.progress import Progress

WIDE = ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
EMOJI = "so cold \U0001f600 and warm \u2764\ufe0f, "
CESU = EMOJI.encode("cesu-8")
JAPANESE, CHINESE, KOREAN = TEXTS["Japanese"], TEXTS["Chinese"], TEXTS["Korean"]


def read(data: bytes, encoding: str | None = None) -> tuple[str, str, tuple[str, ...]]:
    pieces, codec, notes = decode(bytearray(data), "a.txt", encoding, Progress())
    return pieces.text(), codec, notes


def outcome(text: str, data: bytes) -> str:
    """What comes of a text's bytes: `silent` is what must not be."""
    try:
        got, _, notes = read(data)
    except CorpusError:
        return "refused"
    return "right" if got == text else "said" if notes else "silent"


def files() -> dict[tuple[str, str], tuple[str, bytes]]:
    """Every text of some lines in every encoding that writes it, and differs from UTF-8 there."""
    found = {}
    for (language, line), encoding in product(TEXTS.items(), ENCODINGS):
        text = line * 5
        try:
            data = text.encode(encoding)
        except UnicodeError:
            continue
        if encoding == "utf-8" or data != text.encode():
            found[language, encoding] = text, data
    return found


@pytest.mark.fault("37")
def test_no_file_of_another_encoding_is_silently_another_text() -> None:
    outcomes = {key: outcome(*file) for key, file in files().items()}
    counts = Counter(outcomes.values())
    assert [key for key, came in outcomes.items() if came == "silent"] == []
    assert counts.total() > 450
    assert counts["right"] > 0.85 * counts.total(), counts
    assert counts["refused"] <= 3, counts
    exact = ("utf", "cesu", "iso2022", "hz")
    assert [key for key, came in outcomes.items() if key[1].startswith(exact) and came != "right"] == []


def test_a_reader_that_says_nothing_would_be_found(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "first_guess", lambda *_: detection.Guess("latin-1"))
    assert outcome(TEXTS["Russian"], TEXTS["Russian"].encode()) == "silent"


# Seven bits.


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
@pytest.mark.parametrize(
    ("text", "encoding"),
    [(JAPANESE, "iso2022-jp"), (KOREAN, "iso2022-kr"), (CHINESE, "hz"), (CHINESE, "utf-7")],
)
def test_seven_bits_are_decoded_wherever_a_piece_ends(
    monkeypatch: pytest.MonkeyPatch, text: str, encoding: str, piece: int
) -> None:
    monkeypatch.setattr(decoding, "PIECE", piece)
    text = "In ASCII at first.\n" * 30 + text * 5
    got, name, notes = read(text.encode(encoding))
    assert (got, name) == (text, encoding)
    assert f"it was read as {encoding}, a guess" in notes[0]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("漢字 中文测试 한국어 αβγ", "iso2022-jp-2"),
        ("漢字 ｱｲｳ", "iso2022-jp-ext"),
        ("\U0002000b 丂", "iso2022-jp-3"),
        ("\U0002000b 丂", "iso2022-jp-2004"),
    ],
)
def test_escape_sequences_choose_the_kind_of_iso_2022(text: str, encoding: str) -> None:
    assert read(text.encode(encoding) * 20)[:2] == (text * 20, encoding)


@pytest.mark.parametrize(
    "data",
    [
        b"\x1b[32mINFO\x1b[0m step 0 \x1b[1mloss\x1b[0m 4.000\n" * 50,
        b"\x1b(B\x1b[mtput\x1b(0qqq\x1b(B\n" * 50,  # what terminals write at resets, and to draw lines
        b'(format t "~{~a~^, ~}~%" list) ; ~{ stray\n' * 20,
        b"\\cite~{\\bf ab} and ~/bin/x ~{ab~} ~{dc~}\n" * 20,
        b"~{" + b"one hanzi would be Tg" * 20,
        b"1 + 1 = 2, C++, +49 30 1234567, a+b, +foo +absolute\n" * 20,
        b"--- a/x\n+++ b/x\n@@ -1 +1,2 @@\n+word\n" * 20,
        b"+API +API +API +API +API +API is a word in capitals\n" * 20,
        b"+add +one +absolute +foo\n" * 20,
    ],
    ids=["colours", "terminal", "lisp", "tex", "stray", "plus", "diff", "api", "words"],
)
def test_ascii_stays_ascii(data: bytes) -> None:
    assert read(data) == (data.decode(), "utf-8", ())


@pytest.mark.parametrize(
    ("data", "sign"),
    [
        (JAPANESE.encode("iso2022-jp") + b"\x1b$B!\n" + "é".encode() * 9, "ISO-2022"),
        (b"plain\n" * 9 + JAPANESE.encode("iso2022-jp") + b"\x1b$)C mixed", "ISO-2022"),
        (CHINESE.encode("hz") * 4 + b"http://a.example/~user and ~{Tg\n", "HZ"),
        (CHINESE.encode("utf-7") * 4 + b"a" * 300_000 + b" 1 += 2", "UTF-7"),
    ],
    ids=["broken", "mixed", "hz", "utf-7"],
)
def test_signs_that_do_not_fit_throughout_are_said(data: bytes, sign: str) -> None:
    text, name, notes = read(data)
    assert (text, name) == (data.decode(), "utf-8")
    assert f"It has signs of {sign}, the first at byte" in notes[0]


def test_chinese_iso_2022_is_refused_by_its_name() -> None:
    with pytest.raises(CorpusError, match=r"is ISO-2022-CN \(byte 2\).*convert it"):
        read(b"a \x1b$)A\x0e=;;;\x0f b\n" * 40)


@pytest.mark.parametrize(
    ("text", "encoding", "cut"),
    [
        (JAPANESE, "iso2022-jp", len(b"\x1b(B\n") + 1),
        (CHINESE, "hz", len(b"~}\n") + 1),
        (CHINESE, "utf-16-le", 1),
        (CHINESE, "utf-16", 1),
        (CHINESE, "utf-32-be", 3),
    ],
)
def test_a_cut_character_is_left_out_of_any_encoding_and_said(text: str, encoding: str, cut: int) -> None:
    got, name, notes = read((text * 9).encode(encoding)[:-cut])
    assert name == encoding
    assert got == (text * 9)[: len(got)]
    assert len(got) >= len(text * 9) - 2
    assert notes[-1] == "Its last character is cut off and was left out."


# Two and four bytes a character.


@pytest.mark.parametrize("encoding", WIDE)
@pytest.mark.parametrize("language", TEXTS)
@pytest.mark.parametrize("times", [1, 3000])
def test_wide_characters_without_a_mark_are_recognised(language: str, encoding: str, times: int) -> None:
    text = TEXTS[language] * times
    got, name, notes = read(text.encode(encoding))
    assert (got, name) == (text, encoding)
    assert notes == (f"It has no byte-order mark and reads as {encoding}, a guess.",)


def numbers(kind: str) -> bytes:
    """Numbers of two or four bytes, as weights and tables of tokens have them."""
    np = pytest.importorskip("numpy")
    rng = np.random.default_rng(1)
    values = {
        "weights": lambda: rng.normal(0, 0.02, 20_000).astype("<f4"),
        "half": lambda: rng.normal(0, 0.02, 20_000).astype("<f2"),
        "bfloat16": lambda: rng.normal(0, 0.02, 20_000).astype("<f4").view("<u4") >> 16,
        "tokens": lambda: ((rng.zipf(1.3, 20_000) - 1) % 50_257).astype("<u2"),
        "tokens of four bytes": lambda: rng.integers(0, 50_257, 20_000).astype("<u4"),
        "few tokens": lambda: rng.integers(0, 1_000, 20_000).astype("<u2"),
        "sound": lambda: (8_000 * np.sin(np.arange(20_000) / 20)).astype("<i2"),
    }[kind]()
    return bytes((values.astype("<u2") if kind == "bfloat16" else values).tobytes())


@pytest.mark.parametrize(
    "kind", ["weights", "half", "bfloat16", "tokens", "tokens of four bytes", "few tokens", "sound"]
)
@pytest.mark.fault("41")
def test_numbers_are_no_text_and_the_refusal_names_the_way_on(kind: str) -> None:
    with pytest.raises(NotText, match=r"looks like binary data.*--encoding utf-16-le"):
        read(numbers(kind))


def test_text_that_looks_binary_is_read_once_its_encoding_is_named() -> None:
    text = "".join(TEXTS[language] for language in ("Russian", "Greek", "Hebrew", "Japanese"))  # no script's own
    data = text.encode("utf-16-le")
    assert control_share(data) > 0.02
    with pytest.raises(NotText, match="its encoding can be named, such as utf-16-le"):
        read(data)
    assert read(data, "utf-16-le")[0] == text


# Halves of characters.


@pytest.mark.parametrize("piece", [*range(1, 9), 1 << 20])
@pytest.mark.parametrize("around", ["plain words. ", "où ", TEXTS["Russian"], "\U0001f44d "])
def test_halves_are_joined_wherever_a_piece_ends(monkeypatch: pytest.MonkeyPatch, around: str, piece: int) -> None:
    monkeypatch.setattr(decoding, "PIECE", piece)
    data = (around.encode() + CESU) * 30
    text, name, notes = read(data)
    assert (text, name) == ((around + EMOJI) * 30, "cesu-8")
    (note,) = notes
    assert note.startswith(
        f"Byte {len(around.encode()) + 8} begins a character in CESU-8, as databases and Java write it"
    )
    assert read(data, "cesu-8")[0] == text


def test_javas_nul_is_a_nul() -> None:
    text, name, _ = read((b"some words of Java " * 4 + b"\xc0\x80 ") * 9 + CESU)
    assert (text, name) == (("some words of Java " * 4 + "\0 ") * 9 + EMOJI, "cesu-8")


@pytest.mark.parametrize("half", [b"\xed\xa0\xbd", b"\xed\xb8\x80", b"\xed\xa0\xbd\xed\xa0\xbd\xed\xb8\x80"])
@pytest.mark.parametrize("before", [b"plain words. " * 20, CESU * 20, TEXTS["Russian"].encode() * 4])
def test_half_a_character_is_refused_with_its_place(before: bytes, half: bytes) -> None:
    with pytest.raises(CorpusError, match=f"has half a character at byte {len(before):,}, without its other half"):
        read(before + half + b" and more words" * 20)


@pytest.mark.parametrize("encoding", ["gb18030", "gbk", "cp1251", "koi8-r", "shift_jis"])
def test_other_encodings_are_not_taken_for_halves(encoding: str) -> None:
    begin = b"\xed\xa0\xbd\xed\xb8\x80" if encoding == "gbk" else b""
    text = (CHINESE if encoding.startswith("gb") else JAPANESE if encoding == "shift_jis" else TEXTS["Russian"]) * 9
    assert read(begin + text.encode(encoding))[1] != "cesu-8"


def test_a_guess_by_statistics_may_be_what_was_tried_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("charplay.corpora.detection._by_statistics", lambda *_: "utf-8")
    with pytest.raises(CorpusError, match=r"neither UTF-8 \(byte 1\) nor utf-8 \(byte 1\)"):
        read("dès".encode("latin-1") * 50)
