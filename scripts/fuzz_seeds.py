"""The inputs that fuzzing starts from, made from the test fixtures: one folder a reader.

Seeds are small on purpose (a large one slows every run down), and in the form that the reader's laws take
(Tests/Fuzz/Sources/fuzz): a file of weights for `checkpoint`, a chunk's data for `png-text`, and so on.
"""

import base64
import json
import pathlib
import zipfile

TESTS = pathlib.Path("Tests")
WEIGHTS = TESTS / "NNTests/Fixtures"
IMAGES = TESTS / "ImagingTests/Fixtures"
TOKENIZERS = TESTS / "TokenizationTests/Fixtures"
LARGEST = 5000

PROMPTS = [
    "a (red:1.3) [cat], (((very))) \\(old\\) BREAK on a \\[mat\\] (at night",
    "a photo, " * 30 + "of <|endoftext|> CAFÉ cafe\u0301 it's 2024 한국어 ﬁ 😺 ẞİ",
    "(:1.5)(x:+1.)(y: ١.٥ )[z:0.5](((((deep)))))]])",
]


def weights() -> list[bytes]:
    return [path.read_bytes() for path in sorted(WEIGHTS.rglob("*")) if path.suffix not in ("", ".md", ".json")]


def headers() -> list[bytes]:
    """Whole files, and headers alone."""
    files = [path.read_bytes() for path in sorted(WEIGHTS.rglob("*.safetensors"))]
    return files + [file[8 : 8 + int.from_bytes(file[:8], "little")] for file in files]


def pickles() -> list[bytes]:
    """Bare ones, and those inside checkpoints."""
    found = [file for file in weights() if file[:1] in b"\x80c("]
    for path in sorted(WEIGHTS.glob("*.*t")):
        if not zipfile.is_zipfile(path):
            continue
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if name.endswith("data.pkl") and archive.getinfo(name).file_size < LARGEST:
                    found.append(archive.read(name))
    return found


def images() -> list[bytes]:
    """Whole files, and the data of their text chunks behind a byte that says which kind they are."""
    cases = json.loads((IMAGES / "png-text.json").read_text("utf-8"))
    files = [base64.b64decode(case["file"]) for case in cases.values()]
    found = list(files)
    for file in files:
        position = 8
        while position + 12 <= len(file):
            length = int.from_bytes(file[position : position + 4], "big")
            kind = file[position + 4 : position + 8]
            if kind in (b"tEXt", b"zTXt", b"iTXt"):
                first = [b"tEXt", b"zTXt", b"iTXt"].index(kind)
                found.append(bytes([first]) + file[position + 8 : position + 8 + length])
            position += length + 12
    return found


def parameters() -> list[bytes]:
    cases = json.loads((IMAGES / "parameters.json").read_text("utf-8"))
    return [case["text"].encode() for case in cases]


def texts() -> list[bytes]:
    """Single texts of the fixtures, and prompts with everything in them."""
    cases = json.loads((TOKENIZERS / "bare-expected.json").read_text("utf-8"))["cases"]
    return [case["text"].encode("utf-8", "replace") for case in cases] + [prompt.encode() for prompt in PROMPTS]


def tokenizers() -> list[bytes]:
    """The files of a tokenizer folder in the order that the reader wants, with NULs between."""

    def joined(folder: str) -> bytes:
        names = ["tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
                 "vocab.json", "merges.txt"]
        paths = [TOKENIZERS / folder / name for name in names]
        return b"\0".join(path.read_bytes() if path.exists() else b"" for path in paths)

    vocabulary = {"a": 0, "b": 1, "b</w>": 2, "ab</w>": 3, "<|startoftext|>": 4, "<|endoftext|>": 5}
    token = {"id": 5, "content": "<|endoftext|>", "normalized": False, "special": True}
    configuration = {"model_max_length": 77, "added_tokens_decoder": {"5": token, "4": {"content": "<|startoftext|>"}},
                     "bos_token": "<|startoftext|>", "unk_token": {"content": "<|endoftext|>"}}
    single = {"added_tokens": [token], "model": {"type": "BPE", "vocab": vocabulary, "merges": ["a b</w>"]}}
    listed = single | {"model": single["model"] | {"merges": [["a", "b</w>"]]}}
    text = lambda value: json.dumps(value).encode()
    return [
        text(single), text(listed) + b"\0" + text(configuration),
        b"\0\0" + text({"pad_token": "!", "eos_token": {"content": "<|endoftext|>", "normalized": True}}) + b"\0"
        + text({"!": 6, "\u00e9": 7}) + b"\0" + text(vocabulary) + b"\0#version: 0.2\na b</w>\n",
        joined("bare"),
    ]


READERS = {
    "safetensors": headers,
    "shard-index": lambda: [path.read_bytes() for path in sorted(WEIGHTS.rglob("*.index.json"))],
    "pickle": pickles,
    "checkpoint": weights,
    "png-text": images,
    "parameters": parameters,
    "tokenizer": texts,
    "emphasis": texts,
    "tokenizer-files": tokenizers,
}


def write(reader: str, folder: pathlib.Path) -> None:
    """Writes the seeds of `reader` into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for index, seed in enumerate(READERS[reader]()):
        if len(seed) <= LARGEST:
            (folder / f"seed-{index:03}").write_bytes(seed)
