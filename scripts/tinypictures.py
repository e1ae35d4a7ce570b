"""Random pictures with smooth shades, edges and some noise, so that resizing and JPEG have work to do."""

import pathlib
import random

import numpy
from PIL import Image


def pixels(seed: int, width: int, height: int, channels: int = 3) -> numpy.ndarray:
    """`[H, W, channels]`, 8 bits each."""
    draw = numpy.random.default_rng(seed)
    y, x = numpy.mgrid[0:height, 0:width]
    planes = []
    for _ in range(channels):
        a, b, c = draw.uniform(0.02, 0.3, 3)
        plane = 128 + 70 * numpy.sin(a * x + c) + 50 * numpy.cos(b * y)
        left, top = draw.integers(0, max(width // 2, 1)), draw.integers(0, max(height // 2, 1))
        plane[top : top + height // 3 + 1, left : left + width // 3 + 1] = draw.integers(0, 256)
        planes.append(plane + draw.normal(0, 6, plane.shape))
    return numpy.stack(planes, -1).clip(0, 255).astype("uint8")


def picture(seed: int, width: int, height: int) -> Image.Image:
    """In colour."""
    return Image.fromarray(pixels(seed, width, height))


def every_mode(folder: pathlib.Path, seed: int) -> list[pathlib.Path]:
    """Files of every mode that PNG and JPEG have, each of an odd size of its own."""
    folder.mkdir(parents=True)
    draw, paths = random.Random(seed), []

    def make(channels: int) -> numpy.ndarray:
        return pixels(1000 * seed + len(paths), draw.randrange(19, 420), draw.randrange(19, 420), channels)

    def save(name: str, image: Image.Image, **options) -> None:
        paths.append(folder / name)
        image.save(paths[-1], **options)

    for number in range(3):
        save(f"rgb-{number}.png", Image.fromarray(make(3)))
    save("rgba.png", Image.fromarray(make(4)))
    save("l.png", Image.fromarray(make(1)[..., 0]))
    save("la.png", Image.fromarray(make(2)))
    save("one-bit.png", Image.fromarray(make(1)[..., 0]).convert("1"))
    save("palette.png", Image.fromarray(make(3)).quantize(64))
    save("palette-transparent.png", Image.fromarray(make(3)).quantize(32), transparency=5)
    save("palette-alphas.png", Image.fromarray(make(3)).quantize(16), transparency=bytes(range(0, 256, 16)))
    save("rgb-transparent.png", Image.fromarray(make(3)), transparency=(255, 0, 0))
    save("sixteen-bit.png", Image.fromarray(make(1)[..., 0].astype("uint16") * 257))
    save("sixteen-bit-dark.png", Image.fromarray((make(1)[..., 0] * 1.5).astype("uint16")))
    save("sixteen-bit-darker.png", Image.fromarray(make(1)[..., 0].astype("uint16") // 3))
    save("rgb.jpg", Image.fromarray(make(3)), quality=88)
    save("rgb-444.jpg", Image.fromarray(make(3)), quality=95, subsampling=0, progressive=True)
    save("grey.jpg", Image.fromarray(make(1)[..., 0]), quality=80)
    save("grey-progressive.jpg", Image.fromarray(make(1)[..., 0]), progressive=True)
    save("cmyk.jpg", Image.frombytes("CMYK", (61, 83), pixels(seed, 61, 83, 4).tobytes()), quality=90)
    save("wide.png", picture(seed, 611, 23))
    save("tall.png", picture(seed + 1, 17, 530))
    return paths


def opened(path: pathlib.Path) -> Image.Image:
    """In colour, without transparency: also that which a converted picture still tells of is dropped."""
    image = Image.open(path).convert("RGB")
    image.info.pop("transparency", None)
    return image
