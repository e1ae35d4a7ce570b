#!/usr/bin/env python3
"""A reward for raft-diffuse in Python, to start one's own from: how colourful an image is.

    raft-diffuse score --reward 'command:python3 examples/reward_server.py --stdio' IMAGES…

    examples/reward_server.py --port 8765 &
    raft-diffuse score --reward http://127.0.0.1:8765/score IMAGES…

docs/rewards.md is the contract. Replace `score` by a measure of your own; the rest may stay. Needs Python alone; with
Pillow it reads every kind of image, without it PNGs of 8 bits a channel, not interlaced.

The measure is Hasler and Süsstrunk's colourfulness (2003): with rg = R − G and yb = (R + G) / 2 − B,
√(σ²rg + σ²yb) + 0.3 · √(μ²rg + μ²yb), 0 for grey, about 100 for very colourful images.
"""

import argparse
import base64
import http.server
import io
import json
import math
import struct
import sys
import zlib

try:
    from PIL import Image
except ImportError:
    Image = None

PASSPORT = {"measure": "colourfulness", "version": "1"}


def score(pixels: bytes, prompt: "str | None", meta: dict) -> "tuple[float, dict]":
    """The score of an image, R G B byte by byte, and more numbers by name."""
    count = len(pixels) // 3
    red, green, blue = pixels[0::3], pixels[1::3], pixels[2::3]
    mean_rg, deviation_rg = moments([r - g for r, g in zip(red, green)])
    mean_yb, deviation_yb = moments([(r + g) / 2 - b for r, g, b in zip(red, green, blue)])
    colourfulness = math.hypot(deviation_rg, deviation_yb) + 0.3 * math.hypot(mean_rg, mean_yb)
    return colourfulness, {"brightness": sum(pixels) / (3 * 255 * count)}


def moments(values: list) -> "tuple[float, float]":
    """Mean and standard deviation."""
    mean = math.fsum(values) / len(values)
    return mean, math.sqrt(math.fsum((value - mean) ** 2 for value in values) / len(values))


# The contract: one item in, one answer out; an error excludes its image alone.


def answer(item: dict) -> dict:
    try:
        image = item["image"]
        if "path" in image:
            with open(image["path"], "rb") as file:
                data = file.read()
        else:
            data = base64.b64decode(image["png_base64"])
        value, extras = score(decoded(data), item.get("prompt"), item.get("meta") or {})
        return {"id": item.get("id"), "score": value, "extras": extras}
    except Exception as error:  # whatever is wrong with one image must not end the others
        return {"id": item.get("id"), "error": f"{type(error).__name__}: {error}"}


def serve_stdio() -> None:
    """JSON lines on standard input, JSON lines on standard output, until the input ends."""
    for line in sys.stdin:
        if line.strip():
            print(json.dumps(answer(json.loads(line))), flush=True)


class Handler(http.server.BaseHTTPRequestHandler):
    """POST {"items": […]} → {"items": […]}; GET …/passport."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        try:
            items = json.loads(body)["items"]
        except (ValueError, KeyError, TypeError) as error:
            return self.reply(400, {"error": f"expected {{\"items\": […]}}: {error}"})
        self.reply(200, {"items": [answer(item) for item in items]})

    def do_GET(self) -> None:
        if self.path.endswith("/passport"):
            self.reply(200, PASSPORT)
        else:
            self.reply(404, {"error": "POST images here; docs/rewards.md tells how"})

    def reply(self, status: int, value: dict) -> None:
        data = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def log_message(self, *arguments) -> None:
        pass


def serve_http(host: str, port: int) -> None:
    server = http.server.ThreadingHTTPServer((host, port), Handler)
    print(f"listening on http://{host}:{server.server_address[1]}/score", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass


# Decoding


def decoded(data: bytes) -> bytes:
    """An image file's pixels, R G B byte by byte."""
    if Image is not None:
        return Image.open(io.BytesIO(data)).convert("RGB").tobytes()
    return decoded_png(data)


def decoded_png(data: bytes) -> bytes:
    """A PNG's pixels with nothing but zlib."""
    if data[:8] != b"\x89PNG\r\n\x1a\n":
        raise ValueError("no PNG; install Pillow for other formats")
    at, packed, palette, header = 8, b"", b"", None
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        chunk = data[at + 8 : at + 8 + length]
        if kind == b"IHDR":
            header = struct.unpack(">IIBBBBB", chunk)
        elif kind == b"PLTE":
            palette = chunk
        elif kind == b"IDAT":
            packed += chunk
        at += 12 + length
    if header is None:
        raise ValueError("a PNG without header")
    width, height, depth, colour, _, _, interlaced = header
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[colour]
    if depth != 8 or interlaced:
        raise ValueError("a PNG of another depth than 8, or interlaced; install Pillow")
    raw, stride = zlib.decompress(packed), width * channels
    row, out = bytearray(stride), bytearray()
    for y in range(height):
        start = y * (stride + 1)
        row = unfiltered(raw[start], bytearray(raw[start + 1 : start + 1 + stride]), row, channels)
        out += rgb(row, colour, palette)
    return bytes(out)


def unfiltered(kind: int, row: bytearray, above: bytearray, step: int) -> bytearray:
    """Undoes a row's filter; `above` is the row before it."""
    for x in range(len(row)):
        left = row[x - step] if x >= step else 0
        corner = above[x - step] if x >= step else 0
        if kind == 1:
            row[x] = (row[x] + left) & 255
        elif kind == 2:
            row[x] = (row[x] + above[x]) & 255
        elif kind == 3:
            row[x] = (row[x] + (left + above[x]) // 2) & 255
        elif kind == 4:
            guess = left + above[x] - corner
            _, _, best = min((abs(guess - v), i, v) for i, v in enumerate((left, above[x], corner)))
            row[x] = (row[x] + best) & 255
    return row


def rgb(row: bytearray, colour: int, palette: bytes) -> bytes:
    """A row of any colour type as R G B; alpha is dropped."""
    if colour == 2:
        return bytes(row)
    if colour == 3:
        return b"".join(palette[3 * i : 3 * i + 3] for i in row)
    step = {0: 1, 4: 2, 6: 4}[colour]
    if colour == 6:
        return bytes(value for i, value in enumerate(row) if i % 4 != 3)
    return bytes(value for grey in row[::step] for value in (grey, grey, grey))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    way = parser.add_mutually_exclusive_group(required=True)
    way.add_argument("--stdio", action="store_true", help="JSON lines, for --reward command:…")
    way.add_argument("--port", type=int, help="HTTP, for --reward http://…; 0 takes a free one")
    parser.add_argument("--host", default="127.0.0.1", help="where to listen (%(default)s)")
    arguments = parser.parse_args()
    if arguments.stdio:
        serve_stdio()
    else:
        serve_http(arguments.host, arguments.port)


if __name__ == "__main__":
    main()
