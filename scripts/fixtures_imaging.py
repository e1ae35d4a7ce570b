#!/usr/bin/env python3
"""Makes Tests/ImagingTests/Fixtures with Pillow, numpy and transformers.

    .deps/venv/bin/python scripts/fixtures_imaging.py

PNG files are put together here, chunk by chunk, because Pillow writes few of the kinds that it reads; what they
should decode to is what Pillow makes of them. Everything is drawn from fixed seeds.
"""

import base64
import io
import json
import pathlib
import re
import shutil
import struct
import zlib

import numpy as np
import PIL
from PIL import Image, PngImagePlugin, features

FOLDER = pathlib.Path(__file__).resolve().parent.parent / "Tests/ImagingTests/Fixtures"
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
CHANNELS = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}


def picture(width, height, seed=0):
    """Smooth shapes with some noise and hard edges: every filter and codec has something to do."""
    random = np.random.default_rng(seed)
    y, x = np.mgrid[0:height, 0:width]
    base = np.stack([
        127 + 120 * np.sin(x / 3 + seed) * np.cos(y / 5),
        255 * x / max(width - 1, 1),
        np.where((x // 4 + y // 3) % 2, 230, 20),
    ], axis=-1)
    return np.clip(base + random.normal(0, 12, base.shape), 0, 255).astype(np.uint8)


def b64(data):
    return base64.b64encode(bytes(data)).decode()


def rgb(data):
    """Size and pixels as Pillow's convert("RGB") gives them."""
    image = Image.open(io.BytesIO(data)).convert("RGB")
    return {"width": image.width, "height": image.height, "pixels": b64(image.tobytes())}


def over_white(data):
    """The same from transformers' image processors, which lay transparent images over white."""
    from transformers.image_transforms import convert_to_rgb

    image = Image.fromarray(convert_to_rgb(Image.open(io.BytesIO(data)), return_numpy=True))
    return {"width": image.width, "height": image.height, "pixels": b64(image.tobytes())}


# PNG, chunk by chunk


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def packed_rows(samples, depth, random):
    """Filtered rows of samples [height, width, channels]."""
    out = b""
    previous = None
    for row in samples:
        flat = row.reshape(-1)
        if depth == 16:
            raw = flat.astype(">u2").tobytes()
        elif depth == 8:
            raw = flat.astype(np.uint8).tobytes()
        else:
            bits = "".join(f"{v:0{depth}b}" for v in flat)
            bits += "0" * (-len(bits) % 8)
            raw = bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))
        if previous is not None and random.integers(2):  # the "up" filter now and then
            out += b"\2" + bytes((a - b) & 255 for a, b in zip(raw, previous))
        else:
            out += b"\0" + raw
        previous = raw
    return out


def png(samples, depth, colour_type, interlaced=False, before=b"", pieces=1):
    height, width, _ = samples.shape
    random = np.random.default_rng(7)
    if interlaced:
        data = b""
        for x0, y0, dx, dy in ADAM7:
            part = samples[y0::dy, x0::dx]
            if part.size:
                data += packed_rows(part, depth, random)
    else:
        data = packed_rows(samples, depth, random)
    data = zlib.compress(data)
    size = -(-len(data) // pieces)
    body = b"".join(chunk(b"IDAT", data[i:i + size]) for i in range(0, len(data), size))
    header = struct.pack(">IIBBBBB", width, height, depth, colour_type, 0, 0, int(interlaced))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before + body + chunk(b"IEND", b"")


def png_cases():
    random = np.random.default_rng(1)
    cases = {}
    for colour_type, depths in {0: (1, 2, 4, 8, 16), 2: (8, 16), 3: (1, 2, 4, 8), 4: (8, 16), 6: (8, 16)}.items():
        for depth in depths:
            samples = random.integers(0, 1 << depth, (11, 13, CHANNELS[colour_type]))
            if colour_type == 0 and depth == 16:
                samples[::2] //= 256  # below 256, too, where Pillow's clipping leaves something to see
            palette = b""
            if colour_type == 3:
                palette = chunk(b"PLTE", random.integers(0, 256, 3 << depth).astype(np.uint8).tobytes())
            for interlaced in (False, True):
                name = f"type{colour_type}-depth{depth}" + ("-adam7" if interlaced else "")
                cases[name] = png(samples, depth, colour_type, interlaced, palette)
    samples = picture(9, 7).astype(int)
    indices = random.integers(0, 6, (5, 8, 1))
    palette = chunk(b"PLTE", bytes(range(10, 22)))  # four colours, and indices up to five
    cases["palette-out-of-range"] = png(indices, 8, 3, before=palette)
    cases["palette-transparent"] = png(indices % 4, 4, 3, before=palette + chunk(b"tRNS", b"\0\x80"))
    cases["grey-transparent"] = png(samples[..., :1] // 16, 4, 0, before=chunk(b"tRNS", b"\0\3"))
    cases["rgb-transparent"] = png(samples, 8, 2, before=chunk(b"tRNS", bytes(6)))
    clear = chunk(b"tRNS", b"".join(struct.pack(">H", v) for v in samples[2, 3]))
    cases["rgb-one-clear-pixel"] = png(samples, 8, 2, before=clear)
    cases["palette-one-clear"] = png(indices % 4, 8, 3, before=palette + chunk(b"tRNS", b"\xff\xff\0"))
    cases["grey-clear"] = png(samples[..., :1] // 64 * 64, 8, 0, before=chunk(b"tRNS", b"\0\x40"))
    cases["gamma"] = png(samples, 8, 2, before=chunk(b"gAMA", struct.pack(">I", 100000)))
    cases["bad-profile"] = png(samples, 8, 2, before=chunk(b"iCCP", b"x\0\0nonsense"))
    cases["many-pieces"] = png(samples, 8, 2, pieces=9)
    cases["one-pixel"] = png(samples[:1, :1], 8, 2)
    cases["one-pixel-adam7"] = png(samples[:1, :1], 8, 2, True)
    return cases


# JPEG


def jpeg(image, **options):
    out = io.BytesIO()
    image.save(out, "JPEG", **options)
    return out.getvalue()


def jpeg_cases():
    image = Image.fromarray(picture(37, 29, 3))
    cmyk = Image.fromarray(np.concatenate([picture(21, 18, 4), picture(21, 18, 5)[..., :1]], -1), "CMYK")
    cases = {f"ycc-{s.replace(':', '')}": jpeg(image, quality=80, subsampling=s) for s in ("4:4:4", "4:2:2", "4:2:0")}
    cases["progressive"] = jpeg(image, quality=70, progressive=True)
    cases["restarts"] = jpeg(image, quality=70, restart_marker_blocks=2)
    cases["rgb"] = jpeg(image, quality=90, keep_rgb=True)
    cases["grey"] = jpeg(image.convert("L"), quality=85)
    cases["grey-progressive"] = jpeg(image.convert("L"), quality=85, progressive=True)
    cases["cmyk"] = jpeg(cmyk, quality=90)
    at = cases["cmyk"].index(b"Adobe") + 11
    cases["ycck"] = cases["cmyk"][:at] + b"\2" + cases["cmyk"][at + 1:]
    cases["one-pixel"] = jpeg(image.crop((0, 0, 1, 1)))
    return cases


def encoding_cases():
    cases = []
    for width, height in ((37, 29), (64, 48), (1, 1)):
        pixels = picture(width, height, width)
        for quality, sampling in ((75, "4:2:0"), (95, "4:2:0"), (95, "4:4:4"), (30, "4:2:2"), (100, "4:4:4"), (1, "4:2:0")):
            data = jpeg(Image.fromarray(pixels), quality=quality, subsampling=sampling)
            cases.append({"width": width, "height": height, "pixels": b64(pixels.tobytes()), "quality": quality,
                          "subsampling": sampling, "file": b64(data)})
    return cases


# Resampling


def resampling_cases():
    filters = {"nearest": 0, "lanczos": 1, "bilinear": 2, "bicubic": 3, "box": 4, "hamming": 5}
    source = picture(31, 23, 9)
    image = Image.fromarray(source)
    sizes = [(31, 23), (16, 16), (7, 5), (1, 1), (62, 46), (45, 11), (9, 40), (31, 12), (17, 23), (30, 24)]
    boxes = [None, (3, 2, 20, 19), (0.5, 1.25, 30.3, 22.9), (0, 0, 31, 11.5), (10, 10, 11, 11)]
    targets = [(s, None) for s in sizes] + [((13, 9), b) for b in boxes[1:]] + [((31, 23), boxes[2]), ((17, 17), boxes[1]), ((17, 9), boxes[1]), ((16, 9), boxes[1]), ((30, 10), boxes[1]),
                                                        ((31, 7), boxes[2]), ((27, 14), None), ((27, 15), None)]
    cases = []
    for name, number in filters.items():
        for (width, height), box in targets:
            result = image.resize((width, height), number, box=box)
            cases.append({"filter": name, "width": width, "height": height, "box": box, "pixels": b64(result.tobytes())})
    return {"width": 31, "height": 23, "pixels": b64(source.tobytes()), "cases": cases}


def clip_cases():
    from transformers.models.clip.image_processing_pil_clip import CLIPImageProcessorPil

    cases = []
    for width, height, edge, crop in ((31, 23, 16, 16), (23, 31, 16, 16), (17, 40, 11, 11), (16, 16, 16, 16), (50, 7, 9, 9),
                                      (20, 20, 24, 24), (21, 33, 13, 10), (21, 33, 13, 16), (22, 29, 14, 29)):
        pixels = picture(width, height, width + height)
        processor = CLIPImageProcessorPil(size={"shortest_edge": edge}, crop_size={"height": crop, "width": crop},
                                          do_rescale=False, do_normalize=False)
        result = np.asarray(processor(Image.fromarray(pixels), return_tensors="np")["pixel_values"][0])
        result = np.rint(result).astype(np.uint8).transpose(1, 2, 0)
        cases.append({"width": width, "height": height, "pixels": b64(pixels.tobytes()), "edge": edge, "crop": crop,
                      "expected": b64(result.tobytes())})
    return cases


# Text


def text_cases():
    long = "a long prompt, with commas: and colons; " * 40
    kinds = {
        "plain": lambda i: i.add_text("parameters", "a cat\nSteps: 20, Sampler: Euler a, Seed: 1"),
        "latin1": lambda i: i.add_text("Comment", "caf\xe9 \xb1 na\xefve"),
        "unicode": lambda i: i.add_text("parameters", "\u732b \u043a\u043e\u0442 \U0001F408"),
        "compressed": lambda i: i.add_text("parameters", long, zip=True),
        "international": lambda i: i.add_itxt("Title", "\u03b3\u03ac\u03c4\u03b1", "el", "\u03c4\u03af\u03c4\u03bb\u03bf\u03c2"),
        "international-compressed": lambda i: i.add_itxt("raft-diffuse", '{"a": "\u00e9"}' * 50, zip=True),
        "utf8-in-plain": lambda i: i.add(b"tEXt", b"parameters\0" + "\u732b caf\u00e9".encode()),
        "several": lambda i: [i.add_text(k, v) for k, v in (("prompt", "x"), ("seed", "5"), ("prompt", ""))],
        "after-pixels": lambda i: i.add(b"tEXt", b"late\0text", after_idat=True),
    }
    cases = {}
    for name, add in kinds.items():
        info = PngImagePlugin.PngInfo()
        add(info)
        out = io.BytesIO()
        Image.fromarray(picture(3, 2)).save(out, "PNG", pnginfo=info)
        image = Image.open(io.BytesIO(out.getvalue()))
        image.load()
        texts = {k: str(v) for k, v in image.text.items()}
        if name == "utf8-in-plain":  # Pillow takes it as Latin-1; every writer of such files meant UTF-8
            texts = {k: v.encode("latin-1").decode() for k, v in texts.items()}
        cases[name] = {"file": b64(out.getvalue()), "texts": texts}
    return cases


# Generation parameters: the web UI's reader, from its published pattern and rules

PATTERN = re.compile(r'\s*(\w[\w \-/]+):\s*("(?:\\.|[^\\"])+"|[^,]*)(?:,|$)')


def statistics_of(image):
    """The formulas of ImageStatistics.swift, in numpy."""
    samples = image.astype(np.float64)
    luma = samples @ [0.299, 0.587, 0.114] / 255
    beyond = np.pad(luma, 1, mode="edge")
    rows, columns = beyond[:-2] + 2 * beyond[1:-1] + beyond[2:], beyond[:, :-2] + 2 * beyond[:, 1:-1] + beyond[:, 2:]
    gradient = np.hypot(rows[:, 2:] - rows[:, :-2], columns[2:] - columns[:-2]) / 4
    counts = np.unique((image // 32).reshape(-1, 3), axis=0, return_counts=True)[1] / luma.size
    return {
        "brightness": luma.mean(), "contrast": luma.std(), "saturation": np.ptp(samples, axis=-1).mean() / 255,
        "edgeDensity": (gradient > 0.1).mean(), "nearBlackFraction": (luma < 16 / 255).mean(),
        "colourEntropy": -(counts * np.log2(counts)).sum(),
    }


def statistics_cases():
    images = [picture(19, 13, 1), picture(40, 25, 2) // 6, picture(1, 7, 3), picture(64, 64, 4)]
    return [{
        "width": image.shape[1], "height": image.shape[0], "pixels": b64(image.tobytes()), "expected": statistics_of(image),
    } for image in images]


def unquoted(text):
    if len(text) == 0 or text[0] != '"' or text[-1] != '"':
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def parsed(text):
    prompt, negative, inside = "", "", False
    *lines, last = text.strip().split("\n")
    if len(PATTERN.findall(last)) < 3:
        lines.append(last)
        last = ""
    for line in lines:
        line = line.strip()
        if line.startswith("Negative prompt:"):
            inside, line = True, line[16:].strip()
        if inside:
            negative += ("" if negative == "" else "\n") + line
        else:
            prompt += ("" if prompt == "" else "\n") + line
    return {"text": text, "prompt": prompt, "negative": negative,
            "settings": [[k, unquoted(v)] for k, v in PATTERN.findall(last)]}


INFOTEXTS = [
    "a cat\nNegative prompt: blurry\nSteps: 20, Sampler: DPM++ 2M, Schedule type: Karras, CFG scale: 7, Seed: 42, "
    "Size: 256x256, Model hash: 6ce0161689, Model: v1-5-pruned-emaonly, Clip skip: 2, RNG: CPU, "
    'Lora hashes: "name: 0123456789ab", Version: raft-diffuse 0.1',
    "two\nlines of (prompt:1.2), <lora:x:0.5>\nNegative prompt: one\ntwo: three\nSteps: 1, Seed: 2, Size: 8x16",
    "only a prompt", "", "\n\n", "  padded  \r\n  lines \r\nSteps: 1, Seed: 2, Size: 8x16  \r\n",
    "no settings: here, a: b\nNegative prompt:\nSteps: 20, Seed: 1",
    "Steps: 20, Sampler: Euler, Seed: 1", "Negative prompt: bad\nSteps: 20, Sampler: Euler, Seed: 1",
    "p\nNegative prompt: a\nNegative prompt: b\nA1: 1, B2: 2, C3: 3",
    "p\nA/B-c d: 1, B2: , C3:3,D4:4", 'p\nAA: "x, y", BB: "un, closed, CC: 1, DD: "q\\"uo\\\\te", EE: "a" b, FF: ""',
    'p\nAA: "bad \\x escape", BB: "\\u00e9\\ud83d\\ude00\\n", CC: 1', "p\nx: 1, y: 2, z: 3", "p\nüñ: 1, 猫猫: 2, №1a: 3, _b: 4",
    "p\n- - AA: 1, (BB: 2), CC: 3, DD", "p\nAA: 1,, BB: 2,\tCC: 3, ", "a\n\n\nb\nNegative prompt:\n\nc\nAA: 1, BB: 2, CC: 3",
    'p\nAA: "multi\\nline", Hires prompt: "a: b, c", CC:   spaced  , DD: 12:30:59, EE: http://x',
    "p\nAAA: aa: bb: cc, B B: 1, C  C: 2", 'p\nAA: ", BB: "", CC: """, DD: "\\', "x" * 50 + ":\n" + "ab " * 50,
]


def main():
    shutil.rmtree(FOLDER, ignore_errors=True)
    for name, cases in (("png", png_cases()), ("jpeg", jpeg_cases())):
        (FOLDER / name).mkdir(parents=True)
        expected = {}
        white = {}
        for case, data in sorted(cases.items()):
            (FOLDER / name / f"{case}.{name}").write_bytes(data)
            expected[case] = rgb(data)
            white[case] = over_white(data)
        if name == "png":
            write("png-white.json", {case: pixels for case, pixels in white.items() if pixels != expected[case]})
        write(f"{name}.json", expected)
    write("jpeg-encoding.json", encoding_cases())
    write("resampling.json", resampling_cases())
    write("shortest-edge.json", clip_cases())
    write("statistics.json", statistics_cases())
    write("png-text.json", text_cases())
    write("parameters.json", [parsed(text) for text in INFOTEXTS])
    import transformers

    (FOLDER / "README.md").write_text(f"""\
# Fixtures of the Imaging tests

Made by `.deps/venv/bin/python scripts/fixtures_imaging.py` with Pillow {PIL.__version__} (libjpeg-turbo
{features.version_feature("libjpeg_turbo")}), numpy {np.__version__} and transformers {transformers.__version__}; all drawn from fixed seeds, nothing comes
from elsewhere. Pixels are base 64 of R G B bytes, row by row.

| file | what |
|---|---|
| `png/`, `png.json` | PNG files of every colour type and depth, and what Pillow's `convert("RGB")` makes of them |
| `jpeg/`, `jpeg.json` | JPEG files of every colour space, and the same |
| `jpeg-encoding.json` | pixels, and the bytes that Pillow's `save` makes of them |
| `resampling.json` | one image, and what Pillow's `resize` makes of it |
| `shortest-edge.json` | images, and what transformers' `CLIPImageProcessorPil` makes of them without rescaling |
| `statistics.json` | images, and what numpy makes of the formulas in ImageStatistics |
| `png-text.json` | PNG files with texts, and what Pillow reads |
| `parameters.json` | generation parameters, and what the web UI's published pattern finds in them |
""")


def write(name, value):
    (FOLDER / name).write_text(json.dumps(value, indent=1) + "\n")


if __name__ == "__main__":
    main()
