#!/usr/bin/env python3
"""Writes small files of every format that has a fuzzer, DIR/NAME/*, for it to begin with.

    python3 tests/fuzz/make_seeds.py DIR

Made of bytes here, with nothing but Python's own library: no file of anybody else's is needed.
"""

import gzip
import io
import json
import pathlib
import pickle
import struct
import sys
import zipfile
import zlib


def zip_of(members, packed=False):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, archive.compression)
    return file.getvalue()


# ---- safetensors ----


def safetensors():
    sizes = {"F64": 8, "F32": 4, "F16": 2, "BF16": 2, "I64": 8, "I32": 4, "I16": 2, "I8": 1, "U8": 1, "BOOL": 1}
    header, end = {"__metadata__": {"format": "pt"}}, 0
    for name, size in sizes.items():
        header[name] = {"dtype": name, "shape": [2, 1], "data_offsets": [end, end + 2 * size]}
        end += 2 * size
    text, data = json.dumps(header).encode(), bytes(range(end))
    one = b'{"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}'
    yield struct.pack("<Q", len(text)) + text + data
    yield struct.pack("<Q", len(one)) + one + b"\0\0\x80\x3f"
    yield text + b"\0" + data  # the fuzzer puts the length in front of these
    yield one + b"\0" + b"\0\0\x80\x3f"
    yield b'{"metadata":{"total_size":4},"weight_map":{"a":"model-00001-of-00001.safetensors"}}'


# ---- NumPy ----


def npy(descr, shape, data, order="False"):
    header = f"{{'descr': '{descr}', 'fortran_order': {order}, 'shape': {shape}, }}".ljust(117).encode() + b"\n"
    return b"\x93NUMPY\1\0" + struct.pack("<H", len(header)) + header + data


def npy_npz():
    arrays = {
        "a.npy": npy("<f4", "(2, 3)", bytes(24)),
        "b/c.npy": npy("<f8", "(2, 2)", bytes(32), "True"),
        "mask.npy": npy("|b1", "(3,)", b"\0\1\2"),
        "i.npy": npy("<i4", "()", bytes(4)),
    }
    yield from arrays.values()
    yield npy(">f2", "(2,)", bytes(4))
    yield npy("|O", "(1,)", pickle.dumps([1], 2))
    yield zip_of(arrays)
    yield zip_of(arrays, packed=True)


# ---- PyTorch ----


def text(value):
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def instance(module, name):
    return f"c{module}\n{name}\n".encode()


def numbers(*values):
    return b"(" + b"".join(b"K" + bytes([value]) for value in values) + b"t"


STORAGES = {"FloatStorage": 4, "HalfStorage": 2, "LongStorage": 8, "BoolStorage": 1}


def state_dict(legacy):
    """The pickle of an OrderedDict with a tensor [2, 2] of each type, its strides (1, 2)."""
    empty = instance("collections", "OrderedDict") + b")R"
    body = b"\x80\2" + empty + b"("
    for key, storage in enumerate(STORAGES):
        place = text("storage") + instance("torch", storage) + text(str(key)) + text("cpu") + b"K\4"
        tensor = b"((" + place + (b"N" if legacy else b"") + b"tQ" + b"K\0" + numbers(2, 2) + numbers(1, 2)
        body += text(f"{storage}.weight") + instance("torch._utils", "_rebuild_tensor_v2") + tensor + b"\x89" + empty + b"tR"
    return body + b"u."


def zip_pickle():
    members = {"archive/data.pkl": state_dict(False), "archive/byteorder": b"little", "archive/version": b"3\n"}
    members.update({f"archive/data/{key}": bytes(4 * size) for key, size in enumerate(STORAGES.values())})
    yield zip_of(members)
    yield zip_of(members, packed=True)
    nested = b"\x80\2}(" + text("epoch") + b"K\3" + text("state_dict") + state_dict(False)[2:-1] + b"u."
    yield zip_of({**members, "archive/data.pkl": nested})
    yield zip_of({"archive/data.pkl": b"\x80\2cos\nsystem\n" + text("true") + b"\x85R."})


def legacy_pickle():
    start = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2)
    start += pickle.dumps({"protocol_version": 1001, "little_endian": True, "type_sizes": {"int": 4}}, 2)
    storages = b"".join(struct.pack("<q", 4) + bytes(4 * size) for size in STORAGES.values())
    yield start + state_dict(True) + pickle.dumps([str(key) for key in range(len(STORAGES))], 2) + storages
    yield start + b"\x80\2cos\nsystem\n" + text("true") + b"\x85R." + pickle.dumps([], 2)
    for protocol in range(5):
        yield start + pickle.dumps({"a": [1, 2.5, None, (True, b"x"), {"b": 1 << 70}]}, protocol) + pickle.dumps([], 2)


# ---- IDX ----


def idx():
    images = struct.pack(">IIII", 0x803, 2, 3, 2) + bytes(range(12))
    labels = struct.pack(">II", 0x801, 5) + bytes(5)
    for file in (images, labels):
        yield file
        yield gzip.compress(file, mtime=0)


# ---- darknet ----


def darknet():
    """A network and its weights, with a zero byte between them."""
    net = "[net]\nwidth=4\nheight=4\nchannels=2\n"
    conv = "[convolutional]\nfilters=4\nsize=3\nstride=1\npad=1\nbatch_normalize=1\nactivation=leaky\n"
    head = "[convolutional]\nfilters=12\nactivation=linear\n[yolo]\nmask=0,1\nanchors=1,2, 3,4\nnum=2\nclasses=1\nscale_x_y=1.05\n"
    region = "[convolutional]\nfilters=6\nactivation=linear\n[region]\nanchors=1,2\nnum=1\nclasses=1\nsoftmax=1\n"
    route = "[maxpool]\nsize=2\nstride=2\n[upsample]\nstride=2\n[route]\nlayers=-1,0\ngroups=2\ngroup_id=1\n[shortcut]\nfrom=-2\nactivation=linear\n"
    rest = "[reorg]\nstride=2\n[dropout]\nprobability=.5\n[connected]\noutput=3\nactivation=mish\n[avgpool]\n[softmax]\n[cost]\n"
    old, new = struct.pack("<iiii", 0, 1, 0, 7), struct.pack("<iiiq", 0, 2, 0, 7)
    conv_numbers, head_numbers = 4 * 4 + 4 * 2 * 9, 12 + 12 * 4
    yield (net + conv + head).encode() + b"\0" + new + bytes(4 * (conv_numbers + head_numbers))
    yield (net + conv + region).encode() + b"\0" + old + bytes(4 * (conv_numbers + 6 + 6 * 4))
    yield (net + conv + route + rest).encode() + b"\0" + new + bytes(4 * (conv_numbers + 3 + 3 * 64))
    yield (net + conv + "[crop]\ncrop_height=2\ncrop_width=2\n[reorg3d]\nstride=2\n# end").encode()


# ---- images ----


def png(width, height, depth, colour, row_bytes, extra=b"", interlaced=0):
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    rows = b"".join(bytes([y % 5]) + bytes(range(row_bytes)) for y in range(height))
    end = chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + end


def bmp(bits, palette, row):
    offset = 54 + len(palette)
    header = struct.pack("<IiiHHIIiiII", 40, 2, 2, 1, bits, 0, 2 * len(row), 0, 0, len(palette) // 4, 0)
    return b"BM" + struct.pack("<IHHI", offset + 2 * len(row), 0, 0, offset) + header + palette + 2 * row


def jpeg(frame, components, exif=b""):
    """8 x 8 pixels without detail: each code is one bit long."""

    def segment(marker, data):
        return bytes([0xFF, marker]) + struct.pack(">H", len(data) + 2) + data

    table = bytes([1] + 15 * [0]) + b"\0"
    file = b"\xff\xd8" + exif + segment(0xDB, b"\0" + 64 * b"\1")
    file += segment(frame, struct.pack(">BHHB", 8, 8, 8, components) + b"".join(bytes([i + 1, 0x11, 0]) for i in range(components)))
    file += segment(0xC4, b"\0" + table) + segment(0xC4, b"\x10" + table)
    last = 63 if frame == 0xC0 else 0  # a progressive file's first scan has the means alone
    scan = bytes([components]) + b"".join(bytes([i + 1, 0]) for i in range(components)) + bytes([0, last, 0])
    return file + segment(0xDA, scan) + b"\0\x3f" + b"\xff\xd9"


def image():
    yield png(4, 3, 8, 0, 4)
    yield png(2, 5, 8, 2, 6)
    yield png(2, 5, 8, 6, 8)
    yield png(2, 2, 16, 4, 8)
    yield png(8, 2, 1, 0, 1)
    palette = b"\1\2\3\4\5\6"
    yield png(3, 2, 8, 3, 3, struct.pack(">I", 6) + b"PLTE" + palette + struct.pack(">I", zlib.crc32(b"PLTE" + palette)))
    yield bmp(24, b"", bytes(8))
    yield bmp(8, bytes(1024), bytes(4))
    yield bmp(32, b"", bytes(8))
    yield bmp(1, bytes(8), bytes(4))
    orientation = b"II*\0" + struct.pack("<IHHHIHHI", 8, 1, 0x112, 3, 1, 6, 0, 0)
    exif = b"Exif\0\0" + orientation
    exif = b"\xff\xe1" + struct.pack(">H", len(exif) + 2) + exif
    for frame in (0xC0, 0xC2):
        yield jpeg(frame, 1)
        yield jpeg(frame, 3, exif)


# ---- pictures with boxes ----


def boxes():
    yield json.dumps({
        "images": [{"id": 1, "file_name": "a.png", "height": 4, "width": 5}],
        "categories": [{"id": 3, "name": "cat"}],
        "annotations": [{"image_id": 1, "category_id": 3, "bbox": [0, 1, 2.5, 2], "area": 4, "iscrowd": 0}],
    }).encode()
    yield b"# of a hub\npath: .\ntrain: [images/train, 'more']\nval: list.txt\nnc: 2\nnames:\n  0: cat\n  1: \"a: dog\" # two\n"
    yield b"---\nnames: {0: a,\n 1: b}\ndownload: |\n  text\n"
    yield b"names:\n- a\n- 'b'\n"


FORMATS = [safetensors, npy_npz, zip_pickle, legacy_pickle, darknet, idx, image, boxes]


def main():
    root = pathlib.Path(sys.argv[1])
    for make in FORMATS:
        folder = root / make.__name__
        folder.mkdir(parents=True, exist_ok=True)
        for number, data in enumerate(make()):
            (folder / f"{number:02}").write_bytes(data)


if __name__ == "__main__":
    main()
