#!/usr/bin/env python3
"""Makes Tests/TokenizationTests/Fixtures with transformers' CLIPTokenizer.

    .deps/venv/bin/python scripts/fixtures_tokenization.py [bpe_simple_vocab_16e6.txt]

Small vocabularies are trained here on the sentences below, laid out as CLIP's is (bytes, bytes with
</w>, merges, two special tokens). With the published merges as an argument, published.json is made
too: the ids that the real vocabulary gives, without the vocabulary itself.
"""

import collections
import json
import random
import shutil
import sys
import tempfile
import unicodedata
from pathlib import Path

import tokenizers
import transformers
from transformers import CLIPTokenizer

OUT = Path(__file__).resolve().parent.parent / "Tests/TokenizationTests/Fixtures"
BEGIN, END = "<|startoftext|>", "<|endoftext|>"

CORPUS = """
a photo of a cat sitting on a red chair, a painting of a dog in the style of van gogh
a photograph of an astronaut riding a horse on the moon, highly detailed, 4k, trending on artstation
the quick brown fox jumps over the lazy dog. it's a cat's life; they're here, we've won, i'm sure, he'll go
portrait of a woman, oil on canvas, dramatic lighting, sharp focus, masterpiece, best quality
naïve café über straße señor русский текст кошка собака ελληνικά γάτα 猫 が 好き です 中文 图片 한국어 고양이
a bowl of fruit on a wooden table, still life, a watercolor of mountains at sunset, a city street at night
""".split()

STRINGS = [
    "", " ", "   ", "\n", "\t\r\n ", "a", "A", "a cat", "A Photo OF a CAT", "  a   cat \n\t sat  ",
    "a photograph of an astronaut riding a horse", "it's a cat's life", "IT'S", "they're we've I'm he'll she'd don't",
    "it’s they’re", "'s", "''s", "!'s", "a's's", "'S 'T 'RE", "'re're", "'x", "' s",
    "猫", "猫が好き", "一只猫在椅子上", "中文 图片", "한국어 고양이", "고양이", "กขค แมว", "हिन्दी बिल्ली", "தமிழ்",
    "👩‍👩‍👧", "👍🏽", "🏳️‍🌈", "a 🐱 cat", "❤️", "🇩🇪🇫🇷", "😀😀😀",
    "é", "é", "Ǻ", "Ǻ", "q̣̇", "q̣̇", "ñ ñ", "Å Å Å", "각", "Ω", "K", "ﬁ ﬂ", "가\u11a8",
    "İ", "İstanbul", "I ı i", "ß", "STRASSE Straße ẞ", "ΣΑΣ", "ΟΔΥΣΣΕΥΣ ΣΣ", "ς σ Σ", "Ǆ ǅ ǆ", "Ⅷ ⅷ", "Ⓐ",
    "１２３", "ＡＢＣ", "٣٤٥", "१२", "x² x³ ½ ¼", "①②", "Ⅷ", "100", "3.14", "1,000,000", "a1b2c3", "4k 8K", "2nd",
    "\x00", "a\x00b", "\x01\x02\x1f", "a\x1cb\x1db\x1eb\x1fb", "\x7f", "a\x85b", "\x0b\x0c",
    "\u200b", "a\u200bb", "\u200d", "\ufeffa", "a\u00a0b", "a\u3000b", "a\u2028b\u2029c", "\u2003\u2009", "a\u1680b",
    "a\u180eb", "a\u00adb", "a\u2060b", "a\u202fb", "a\u205fb",
    "שלום עולם", "مرحبا بالعالم", "\u202eabc\u202c", "العربية ١٢٣",
    "!!!", "...", "?!?!", "---", "a--b", "a_b", "__init__", "_", "a__b _c_", "#hashtag @user", "(a:1.3) [b]", "a,b,,c",
    "$5.00 €10 £3", "50% off", "a/b\\c", "\"quoted\" 'single'", "“curly” ‘quotes’", "<html> &amp; &lt;", "a&b", "~`^", "<|", "|>", "<||>",
    END, BEGIN, END.upper(), BEGIN.upper(), "<|StartOfText|>", "<|EndOfText|>",
    f"a {END} b", f"a{END}b", f"{BEGIN}a cat{END}", f"{END}{END}{END}", f" {END} ", f"A {END.upper()} b", f"!{BEGIN.upper()}!",
    f"<{END}>", f"{END[:-1]}", f"{BEGIN[1:]}", f"é{END}\u0301", f"e{END.upper()}!!", f"<|startoftext|{BEGIN}", "<|startoftext|>s's",
    "!", "a!", "!a!b!!", "hello! world!", "! ! !",
    "𝒜𝓑𝕮", "𐐀𐐨", "ꭰᎠ", "Ꮳ ᏸ", "Ა ა", "ⓐⒷ", "ſ", "ŉ", "ǰ", "ΐ", "ᾳ ᾼ", "﷽", "㍿", "㎏", "ﷺ",
    "\U000e0001", "\U0010ffff", "\ue000", "\ufffd", "\ufffe", "\u0378", "\ua7ce", "\U00010940", "\U000323b0",
    "́", "́́", "a\u0300\u0301\u0327\u0323", "\u0327\u0300a", "\u1100\u1161\u11a8\u11a9",
    # Where Unicode versions and implementations of form C differ.
    "\u0cc6\u0cc2\u0cd5", "\u0ccb", "\uac00\u11a8", "\uac00\u11a7", "\uac1c\u11c3", "\u1113\u116e", "\u1100\u1161\u11a8",
    "\uf912\u1acc\u0323\u0300", "\U00011935\U00011930", "\u2f4d\u08e6\u0338", "\u2126\u212b\u1f71", "\u09c7\u09be", "\u1025\u102e",
    "supercalifragilisticexpialidocious", "pneumonoultramicroscopicsilicovolcanoconiosis", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "a" * 300, "ab" * 200, "the" * 100, "!" * 200, "猫" * 60, "1" * 90,
    "a photo of a cat, " * 12, "word " * 80, "one, two, three, four, " * 20,
]


def random_strings(count):
    generator = random.Random(15)
    pools = [
        "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJ", "0123456789", " \t\n\u00a0\u3000\u2003", "!\"#$%&'()*+,-./:;<=>?@[]^_`{|}~",
        "éèüñçåøßİıΣσς", "кошка Собака", "猫犬图片がき", "고양이", "مرحبا١٢", "👩👍🏽🐱❤️\u200d\ufe0f", "\u0300\u0301\u0327\u0323\u0345",
        "²³½ⅧⅫ①", "\x00\x01\x1c\x85\u200b\ufeff\u00ad",
    ]
    words = CORPUS + [BEGIN, END, "'s", "'re", "'LL", "’s", END.upper(), BEGIN.upper()]
    result = []
    for index in range(count):
        parts = []
        for _ in range(generator.randint(1, 14)):
            choice = generator.random()
            if choice < 0.4:
                word = generator.choice(words)
                parts.append(generator.choice([word, word, word.upper(), word.capitalize(), unicodedata.normalize("NFD", word)]))
                parts.append(generator.choice([" ", " ", "", ", "]))
            elif choice < 0.95:
                pool = generator.choice(pools)
                parts.append("".join(generator.choice(pool) for _ in range(generator.randint(1, 6))))
            else:
                code = generator.randrange(0x110000)
                parts.append(chr(code) if not 0xD800 <= code < 0xE000 else "?")
        result.append("".join(parts))
    return result


def byte_characters():
    printable = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    table = {byte: chr(byte) for byte in printable}
    for byte in range(256):
        table.setdefault(byte, chr(256 + len(table) - len(printable)))
    return table


def train(count):
    """The `count` most frequent pairs, learned one after the other."""
    table = byte_characters()
    words = collections.Counter(CORPUS)
    split = {}
    for word in words:
        symbols = [table[byte] for byte in word.encode()]
        symbols[-1] += "</w>"
        split[word] = symbols
    merges = []
    while len(merges) < count:
        pairs = collections.Counter()
        for word, symbols in split.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] += words[word]
        if not pairs:
            break
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        for word, symbols in split.items():
            index = 0
            while index + 1 < len(symbols):
                if (symbols[index], symbols[index + 1]) == best:
                    symbols[index : index + 2] = ["".join(best)]
                index += 1
    return merges


def layout(merges):
    characters = sorted(byte_characters().values())
    tokens = characters + [c + "</w>" for c in characters] + ["".join(m) for m in merges] + [BEGIN, END]
    tokens = list(dict.fromkeys(tokens))
    return {token: index for index, token in enumerate(tokens)}


def full(content, normalized, special=None):
    token = dict(content=content, lstrip=False, normalized=normalized, rstrip=False, single_word=False)
    return token if special is None else dict(token, special=special)


def dump(path, value, **options):
    path.write_text(json.dumps(value, ensure_ascii=False, **options) + "\n", encoding="utf-8")


def write_parts(folder, vocabulary, merges):
    folder.mkdir(parents=True)
    dump(folder / "vocab.json", vocabulary)
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges), encoding="utf-8")


def stable_diffusion(folder):
    """The two small files of Stable Diffusion 1.5's tokenizer folder."""
    begin, end = full(BEGIN, True), full(END, True)
    dump(folder / "special_tokens_map.json", dict(bos_token=begin, eos_token=end, pad_token=END, unk_token=end), indent=1)
    typed = lambda token: {"__type": "AddedToken", **token}
    dump(
        folder / "tokenizer_config.json",
        dict(add_prefix_space=False, bos_token=typed(begin), do_lower_case=True, eos_token=typed(end), errors="replace",
             model_max_length=77, pad_token=END, tokenizer_class="CLIPTokenizer", unk_token=typed(end)),
        indent=1,
    )


def expectations(folder, strings):
    tokenizer = CLIPTokenizer.from_pretrained(folder)
    cases = []
    for text in strings:
        ids = tokenizer(text, add_special_tokens=False).input_ids
        cases.append(dict(text=text, ids=ids, decoded=tokenizer.decode(ids), plain=tokenizer.decode(ids, skip_special_tokens=True)))
    prompts = []
    for text in ["", "a cat", strings[-2], "a photo of a cat, " * 12, "word " * 80, f"a {END} b", "kött!! " * 30]:
        limit = dict(padding="max_length", max_length=77, truncation=True)
        ids = tokenizer(text, **limit).input_ids if tokenizer.pad_token is not None else None
        whole = tokenizer(text).input_ids
        rest = tokenizer.decode(whole[76:-1]) if len(whole) > 77 else None
        prompts.append(dict(text=text, ids=ids, rest=rest))
    return dict(
        bos=tokenizer.bos_token_id, eos=tokenizer.eos_token_id, pad=tokenizer.pad_token_id, count=len(tokenizer),
        cases=cases, prompts=prompts,
    )


def save(name, folder, strings):
    path = OUT / f"{name}.json"
    dump(path, expectations(folder, strings), separators=(",", ":"))
    print(f"{path.relative_to(OUT.parent)}: {len(strings)} strings, {path.stat().st_size:,} bytes")


def main():
    print(f"transformers {transformers.__version__}, tokenizers {tokenizers.__version__}")
    notes = OUT / "README.md"
    kept = notes.read_text() if notes.exists() else ""
    published = OUT / "published.json"
    kept_published = published.read_text() if published.exists() else None
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    notes.write_text(kept)
    merges = train(250)
    vocabulary = layout(merges)
    strings = STRINGS + random_strings(300)
    short = STRINGS + random_strings(20)

    # Stable Diffusion 1.5's own layout.
    parts = OUT / "parts"
    write_parts(parts, vocabulary, merges)
    stable_diffusion(parts)
    save("parts-expected", parts, strings)

    # Nothing but the vocabulary; and without most bytes, so that there are unknown ones.
    bare = OUT / "bare"
    few = train(40)
    reduced = {t: None for t in layout(few) if ord(t[0]) < 0x7F or len(t.removesuffix("</w>")) > 1}
    needed = {c for pair in few for c in pair} | {"".join(pair) for pair in few}
    reduced = {t: i for i, t in enumerate(dict.fromkeys([*(t for t in layout(few) if t in reduced or t in needed)]))}
    write_parts(bare, reduced, few)
    save("bare-expected", bare, short)

    # One file, as save_pretrained writes it today, and with the merges of older files; "!" pads; one more token.
    with tempfile.TemporaryDirectory() as scratch:
        source = Path(scratch) / "source"
        write_parts(source, vocabulary, merges)
        dump(source / "tokenizer_config.json", dict(
            pad_token="!", bos_token=BEGIN, eos_token=END, model_max_length=77,
            added_tokens_decoder={
                "0": full("!", False, True), str(vocabulary[BEGIN]): full(BEGIN, True, True), str(vocabulary[END]): full(END, True, True),
                str(len(vocabulary)): full("<Cat-Toy>", True, False),
            }))
        single = OUT / "single"
        CLIPTokenizer.from_pretrained(source).save_pretrained(single)
    toy = ["<Cat-Toy>", "a <cat-toy> b", "a<CAT-TOY>!", "<cat-toy"]
    save("single-expected", single, short + toy)
    old = OUT / "single-old"
    old.mkdir()
    content = json.loads((single / "tokenizer.json").read_text(encoding="utf-8"))
    content["model"]["merges"] = [" ".join(pair) for pair in content["model"]["merges"]]
    dump(old / "tokenizer.json", content)
    save("single-old-expected", old, short + toy)

    # OpenAI's form: a first line, merges, and more behind them that are not used.
    lines = ["\"bpe_simple_vocab_16e6.txt#version: 0.2", *(f"{a} {b}" for a, b in merges), "un used"]
    (OUT / "published-form.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")

    if len(sys.argv) > 1:
        text = Path(sys.argv[1]).read_text(encoding="utf-8")
        merges = [tuple(line.split()) for line in text.split("\n")[1 : 49152 - 256 - 2 + 1]]
        with tempfile.TemporaryDirectory() as scratch:
            folder = Path(scratch) / "published"
            write_parts(folder, layout(merges), merges)
            stable_diffusion(folder)
            save("published", folder, strings)
    elif kept_published is not None:
        published.write_text(kept_published)


main()
