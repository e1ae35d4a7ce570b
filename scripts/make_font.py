#!/usr/bin/env python3
"""Writes Sources/Imaging/BitmapFont+Glyphs.swift from the X11 font misc-fixed 7x13.

The font comes from Debian's package xfonts-base (upstream font-misc-misc), whose licence reads, in full,
"Public domain font.  Share and enjoy."

    apt-get download xfonts-base && dpkg -x xfonts-base_*.deb x
    python3 scripts/make_font.py x/usr/share/fonts/X11/misc/7x13.pcf.gz
"""

import base64
import gzip
import pathlib
import struct
import sys

TARGET = pathlib.Path(__file__).resolve().parent.parent / "Sources/Imaging/BitmapFont+Glyphs.swift"
WIDTH, HEIGHT = 7, 13
# Latin, Greek, Cyrillic, Latin Extended Additional, punctuation, currency, and a few symbols.
BLOCKS = [
    (0x20, 0x24F), (0x370, 0x52F), (0x1E00, 0x1EFF), (0x2010, 0x205E), (0x20A0, 0x20BF),
    (0x2100, 0x214F), (0x2190, 0x21FF), (0x2200, 0x226F), (0x25A0, 0x25FF), (0x2660, 0x266F),
]
METRICS, BITMAPS, ENCODINGS, ACCELERATORS = 1 << 2, 1 << 3, 1 << 5, 1 << 1


def tables(data):
    assert data[:4] == b"\1fcp", "not a PCF font"
    count = struct.unpack_from("<I", data, 4)[0]
    entries = [struct.unpack_from("<4I", data, 8 + 16 * i) for i in range(count)]
    return {kind: (form, data[offset:offset + size]) for kind, form, size, offset in entries}


def glyphs(data):
    """Code point to 13 rows of a byte each, the leftmost pixel in the highest bit."""
    found = tables(data)

    form, table = found[METRICS]
    order = ">" if form & 4 else "<"
    metrics = []
    if form & 0x100:  # compressed: five bytes a glyph, offset by 0x80
        for i in range(struct.unpack_from(order + "H", table, 4)[0]):
            metrics.append([b - 0x80 for b in table[6 + 5 * i:11 + 5 * i]])
    else:
        for i in range(struct.unpack_from(order + "I", table, 4)[0]):
            metrics.append(struct.unpack_from(order + "5h", table, 8 + 12 * i))

    form, table = found[BITMAPS]
    order = ">" if form & 4 else "<"
    most_significant_bit_first, pad = bool(form & 8), 1 << (form & 3)
    count = struct.unpack_from(order + "I", table, 4)[0]
    offsets = struct.unpack_from(f"{order}{count}I", table, 8)
    bits = table[8 + 4 * count + 16:]

    form, table = found[ACCELERATORS]
    ascent = struct.unpack_from((">" if form & 4 else "<") + "i", table, 12)[0]

    form, table = found[ENCODINGS]
    order = ">" if form & 4 else "<"
    first2, last2, first1, last1, _ = struct.unpack_from(order + "5H", table, 4)
    result = {}
    for high in range(first1, last1 + 1):
        for low in range(first2, last2 + 1):
            at = (high - first1) * (last2 - first2 + 1) + low - first2
            index = struct.unpack_from(order + "H", table, 14 + 2 * at)[0]
            if index == 0xFFFF:
                continue
            left, right, _, up, down = metrics[index]
            stride = (right - left + 8 * pad - 1) // (8 * pad) * pad
            rows = [0] * HEIGHT
            for y in range(up + down):
                row = bits[offsets[index] + y * stride]
                if not most_significant_bit_first:
                    row = int(f"{row:08b}"[::-1], 2)
                row &= 0xFF << (8 - (right - left)) & 0xFF
                top = ascent - up + y
                if 0 <= top < HEIGHT:
                    rows[top] |= row >> left if left >= 0 else row << -left & 0xFF
            result[high << 8 | low] = bytes(rows)
    return result


def main():
    all_glyphs = glyphs(gzip.open(sys.argv[1]).read())
    wanted = sorted(c for c in all_glyphs if any(a <= c <= b for a, b in BLOCKS))
    runs = []
    for code in wanted:
        if runs and code == runs[-1][1] + 1:
            runs[-1][1] = code
        else:
            runs.append([code, code])
    text = base64.b64encode(b"".join(all_glyphs[c] for c in wanted)).decode()
    ranges = [f"0x{a:04X}...0x{b:04X}," for a, b in runs]
    lines = ["// Made by scripts/make_font.py from misc-fixed 7x13 (X.Org's font-misc-misc, \"Public domain font.",
             "// Share and enjoy.\"). Do not edit.", "",
             "extension BitmapFont {", "  /// The code points that have a glyph, in the order of the glyphs.",
             "  static let coverage: [ClosedRange<UInt32>] = ["]
    for i in range(0, len(ranges), 5):
        lines.append("    " + " ".join(ranges[i:i + 5]))
    lines += ["  ]", "",
              f"  /// {HEIGHT} bytes a glyph in base 64: a byte a row, the leftmost pixel in the highest bit.",
              '  static let encodedGlyphs = """']
    lines += ["    " + text[i:i + 92] + "\\" for i in range(0, len(text), 92)]
    lines[-1] = lines[-1][:-1]
    lines += ['    """', "}", ""]
    TARGET.write_text("\n".join(lines))
    print(f"{TARGET}: {len(wanted)} glyphs in {len(runs)} runs")
    if len(sys.argv) > 2:
        for character in sys.argv[2]:
            print(*(f"{row:08b}".replace("0", ".").replace("1", "#") for row in all_glyphs[ord(character)]), sep="\n")


if __name__ == "__main__":
    main()
