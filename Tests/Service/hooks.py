"""Hooks for schemathesis. They generate what the OpenAPI description cannot express: valid images, and tensors whose shape
matches their data and the model."""
import base64
import json
import struct
import zlib

import schemathesis
from hypothesis import strategies
from schemathesis.core.parameters import ParameterLocation

HEADER = "Inference-Header-Content-Length"
SIZE = [28, 28, 1]
LARGEST = {"UINT8": 255, "FP32": 1}


def png(width, height):
    """Returns a gray image as a minimal PNG file."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = b"".join(b"\0" + bytes((7 * x * y) % 256 for x in range(width)) for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


images = strategies.builds(png, strategies.integers(1, 40), strategies.integers(1, 40))
for kind in ("jpeg", "png", "webp", "heic", "avif", "tiff", "gif", "bmp", "x-portable-anymap", "*"):
    schemathesis.openapi.media_type(f"image/{kind}", images)


def binary_request(files):
    """Returns an inference request whose images follow the JSON as binary data."""
    tail = b"".join(struct.pack("<I", len(file)) + file for file in files)
    request = {"inputs": [{
        "name": "picture", "datatype": "BYTES", "shape": [len(files)], "parameters": {"binary_data_size": len(tail)}}]}
    return json.dumps(request).encode() + tail


schemathesis.openapi.media_type(
    "application/octet-stream", strategies.lists(images, min_size=1, max_size=3).map(binary_request))


def agree(tensor):
    """Changes a tensor that matches the description so that its shape and data match the model."""
    count = min(int(tensor["shape"][0]), 3)
    if tensor["datatype"] == "BYTES":
        tensor["shape"] = [count] + tensor["shape"][1:]
        tensor["data"] = [base64.b64encode(png(3, 1 + i)).decode() for i in range(count)]
    else:
        tensor["shape"] = [count] + (SIZE if len(tensor["shape"]) == 4 else [SIZE[0] * SIZE[1] * SIZE[2]])
        tensor["data"] = [LARGEST[tensor["datatype"]]] * (count * SIZE[0] * SIZE[1] * SIZE[2])


def fits(case, part):
    """Returns whether a part of a test case was generated to match the description."""
    component = case.meta.components.get(part)
    return component is None or component.mode.is_positive


@schemathesis.hook
def map_case(context, case):
    if not case.path.endswith("/infer"):
        return case
    if fits(case, ParameterLocation.HEADER):  # the description allows any number, but it must be the length of the JSON
        case.headers.pop(HEADER, None)
        if isinstance(case.body, bytes) and b"}]}" in case.body:
            case.headers[HEADER] = str(case.body.index(b"}]}") + 3)
    if isinstance(case.body, dict) and fits(case, ParameterLocation.BODY):
        body = json.loads(json.dumps(case.body))
        agree(body["inputs"][0])
        if body.get("outputs"):
            body["outputs"] = list({output["name"]: output for output in body["outputs"]}.values())
        case.body = body
    return case
