"""Makes Tests/NNTests/Fixtures: small files of weights, good and bad.

    .deps/venv/bin/python scripts/fixtures_containers.py

Values are counted up, so that tests can state them. Nothing here is random.
"""

import collections
import io
import json
import os
import pickle
import struct
import zipfile
from pathlib import Path

import torch
from safetensors.torch import save_file

HERE = Path(__file__).resolve().parent.parent / "Tests" / "NNTests" / "Fixtures"

DTYPES = {
    "F64": torch.float64,
    "F32": torch.float32,
    "F16": torch.float16,
    "BF16": torch.bfloat16,
    "F8_E4M3": torch.float8_e4m3fn,
    "F8_E5M2": torch.float8_e5m2,
    "I64": torch.int64,
    "I32": torch.int32,
    "I16": torch.int16,
    "I8": torch.int8,
    "U8": torch.uint8,
    "BOOL": torch.bool,
}


def ramp(*shape, dtype=torch.float32):
    """0, 1, 2, … in `shape`."""
    count = torch.Size(shape).numel()
    return torch.arange(count, dtype=torch.float32).reshape(shape).to(dtype)


def every_type():
    return {f"t.{name}": ramp(2, 3, dtype=dtype) for name, dtype in DTYPES.items()}


def safetensors_files():
    tensors = every_type() | {
        "scalar": torch.tensor(1.5),
        "empty": torch.zeros(0, 4),
        'quote"and\\slash\né': ramp(3, dtype=torch.uint8),
    }
    save_file(tensors, HERE / "types.safetensors", metadata={"format": "pt"})

    folder = HERE / "sharded"
    folder.mkdir(exist_ok=True)
    names = [f"model-0000{i}-of-00002.safetensors" for i in (1, 2)]
    save_file({"a": ramp(2), "b": ramp(3)}, folder / names[0], metadata={"format": "pt"})
    save_file({"c": ramp(4)}, folder / names[1], metadata={"format": "pt"})
    index = {
        "metadata": {"total_size": 36},
        "weight_map": {"a": names[0], "b": names[0], "c": names[1]},
    }
    (folder / "model.safetensors.index.json").write_text(json.dumps(index, indent=2))


class Unknown:
    """Pickles as an instance of a class that no reader has."""

    def __init__(self):
        self.value = 1


def torch_files():
    torch.save(every_type(), HERE / "types.pt")

    whole = ramp(4, 6)
    state = collections.OrderedDict(
        transposed=whole.t(),
        row=whole[1],
        column=whole[:, 2],
        parameter=torch.nn.Parameter(ramp(2, 2)),
        scalar=torch.tensor(1.5),
        empty=torch.zeros(0, 4),
        buffer=torch.nn.Buffer(ramp(2)),
    )
    state._metadata = collections.OrderedDict({"": {"version": 1}})
    torch.save(state, HERE / "views.pt")
    torch.save(state, HERE / "protocol4.pt", pickle_protocol=4)

    marked = torch.nn.Parameter(ramp(2))
    marked.note = "kept beside the tensor"
    lightning = {
        "epoch": 3,
        "global_step": 100_000_000_000,
        "pytorch-lightning_version": "1.4.2",
        "learning_rate": 1e-4,
        "loops": None,
        "callbacks": {Unknown: {"best": torch.tensor(0.5), "paths": ["a", "b"]}},
        "hyper_parameters": Unknown(),
        "numbers": {1, 2},
        "bytes": b"abc",
        "tuple": (1, -2, True, "x"),
        "state_dict": {"state_dict": {"model": {"weight": ramp(2, 2)}, "marked": marked, "steps": 7}},
        "optimizer_states": [{"state": {0: {"exp_avg": ramp(2, 2)}}}],
    }
    torch.save(lightning, HERE / "lightning.ckpt")

    torch.save(
        {
            "dense": ramp(2),
            "sparse": torch.eye(2).to_sparse(),
            "complex": torch.zeros(1, dtype=torch.complex64),
            "object": Unknown(),
        },
        HERE / "unreadable.pt",
    )
    torch.save(Unknown(), HERE / "whole-object.pt")
    torch.save({"a": ramp(2)}, HERE / "legacy.pt", _use_new_zipfile_serialization=False)

    module = torch.nn.Sequential(collections.OrderedDict(first=torch.nn.Linear(2, 3)))
    with torch.no_grad():
        module.first.weight.copy_(ramp(3, 2))
        module.first.bias.copy_(ramp(3))
    torch.jit.script(module.half()).save(str(HERE / "script.pt"))


class Call:
    """Pickles as the call `function(*arguments)`."""

    def __init__(self, function, *arguments):
        self.call = (function, arguments)

    def __reduce__(self):
        return self.call


def rewrite(source, target, change, compression=zipfile.ZIP_STORED):
    """Copies a zip file, each entry through `change(name, bytes)`; None leaves it out."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(target, "w", compression) as new:
        for name in old.namelist():
            content = change(name, old.read(name))
            if content is not None:
                new.writestr(zipfile.ZipInfo(name), content, compression)


def archive(target, pickled, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(target, "w") as new:
        new.writestr(zipfile.ZipInfo("archive/data.pkl"), pickled, compression)


def hostile_files():
    command = "touch /tmp/raft-diffuse-was-here"
    call = Call(os.system, command)
    archive(HERE / "danger-value.ckpt", pickle.dumps(call, protocol=2))
    archive(HERE / "danger-protocol4.ckpt", pickle.dumps({"a": call}, protocol=4))
    archive(HERE / "danger-protocol0.ckpt", b"(S'" + command.encode() + b"'\nios\nsystem\n.")
    archive(HERE / "danger-instance.ckpt", b"(X\x01\x00\x00\x00xios\nsystem\n.")
    archive(HERE / "danger-eval.ckpt", pickle.dumps({"state_dict": Call(eval, "1+1")}, protocol=2))
    torch.save({"a": ramp(2), "b": call}, HERE / "danger-nested.ckpt")
    torch.save({"a": call}, HERE / "danger-legacy.ckpt", _use_new_zipfile_serialization=False)

    source = HERE / "whole.pt"
    torch.save({"a": ramp(2), "b": ramp(3)}, source)

    def swap(old, new):
        return lambda name, content: content if name != f"whole/{old}" else new

    rewrite(source, HERE / "big-endian.pt", swap("byteorder", b"big"))
    rewrite(source, HERE / "short-storage.pt", swap("data/1", b"1234"))
    rewrite(source, HERE / "lost-storage.pt", swap("data/1", None))
    archive(HERE / "bomb.pt", b"\0" * 4_000_000, zipfile.ZIP_DEFLATED)

    buffer = io.BytesIO()
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(buffer, "w") as new:
        for name in old.namelist():
            with new.open(zipfile.ZipInfo(name), "w", force_zip64=True) as entry:
                entry.write(old.read(name))
    (HERE / "zip64.pt").write_bytes(widened(buffer.getvalue()))
    source.unlink()

    def named(target, *names):
        with zipfile.ZipFile(HERE / target, "w") as new:
            for name in names:
                new.writestr(zipfile.ZipInfo(name), b"x")

    named("traversal.zip", "archive/data.pkl", "archive/../../etc/passwd")
    named("plain.zip", "readme.txt")
    named("overlap.zip", "archive/data.pkl", "archive/data.pkk")
    content = (HERE / "overlap.zip").read_bytes()
    # Both entries of the table of contents lead to the first file.
    content = content.replace(b"archive/data.pkk", b"archive/data.pkl")
    second = content.rindex(b"PK\x01\x02")
    renamed = bytearray(content)
    renamed[second + 42 : second + 46] = struct.pack("<I", 0)
    (HERE / "duplicate.zip").write_bytes(renamed)
    # A file inside a file: the second entry's header lies in the first one's bytes.
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as new:
        new.writestr(zipfile.ZipInfo("b"), b"xy")
    outer = io.BytesIO()
    with zipfile.ZipFile(outer, "w") as new:
        new.writestr(zipfile.ZipInfo("a"), inner.getvalue()[:33])
        new.writestr(zipfile.ZipInfo("b"), b"xy")
    overlapping = bytearray(outer.getvalue())
    second = overlapping.rindex(b"PK\x01\x02")
    overlapping[second + 42 : second + 46] = struct.pack("<I", 31)
    (HERE / "overlap.zip").write_bytes(overlapping)


def widened(content):
    """A zip file with its end record, and each entry's place, in the 64-bit forms."""
    end = content.rindex(b"PK\x05\x06")
    count, size, start = struct.unpack("<HII", content[end + 10 : end + 20])
    directory = bytearray()
    position = start
    for _ in range(count):
        fields = list(struct.unpack("<4s6H3I5H2I", content[position : position + 46]))
        name_length, extra_length, comment_length = fields[10:13]
        name = content[position + 46 : position + 46 + name_length]
        extra = struct.pack("<HHQQQ", 1, 24, fields[9], fields[8], fields[16])
        fields[8] = fields[9] = fields[16] = 0xFFFFFFFF
        fields[11], fields[12] = len(extra), 0
        directory += struct.pack("<4s6H3I5H2I", *fields) + name + extra
        position += 46 + name_length + extra_length + comment_length
    record = start + len(directory)
    return (
        content[:start]
        + directory
        + struct.pack(
            "<4sQHHIIQQQQ", b"PK\x06\x06", 44, 45, 45, 0, 0, count, count, len(directory), start
        )
        + struct.pack("<4sIQI", b"PK\x06\x07", 0, record, 1)
        + struct.pack("<4s4H2IH", b"PK\x05\x06", 0, 0, 65535, 65535, 0xFFFFFFFF, 0xFFFFFFFF, 0)
    )


if __name__ == "__main__":
    HERE.mkdir(parents=True, exist_ok=True)
    safetensors_files()
    torch_files()
    hostile_files()
