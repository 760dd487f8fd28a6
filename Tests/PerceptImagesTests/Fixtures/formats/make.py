"""Creates the files in this folder, and pixels.csv with their pixels as Pillow decodes them. Run it here. Requires Pillow
and tifffile with imagecodecs."""

import csv
import io
import struct

import numpy as np
import tifffile
from PIL import Image

W, H = 13, 7
y, x, c = np.meshgrid(np.arange(H), np.arange(W), np.arange(4), indexing="ij")
rgba = (((x * 7 + y * 13 + c * 29) * (x + 3 * y + 5) >> 2) & 255).astype(np.uint8)
rgb, gray = rgba[..., :3], rgba[..., 0]
wide = (rgb.astype(np.uint16) << 8 | rgba[..., 1:]).astype(np.uint16)
photo, palette = Image.fromarray(rgb), Image.fromarray(rgb).quantize(200)
colors, bit = Image.fromarray(rgb).quantize(16), Image.fromarray(gray).convert("1")
files = {}


def save(name, image, **options):
    file = io.BytesIO()
    image.save(file, Image.registered_extensions()["." + name.split(".")[-1]], **options)
    files[name] = file.getvalue()


def tiff(name, pixels, **options):
    file = io.BytesIO()
    tifffile.imwrite(file, np.ascontiguousarray(pixels), metadata=None, software=False, **options)
    files[name] = file.getvalue()


# BMP


def rows(pixels):
    """Returns rows from the bottom up, each padded to a multiple of 4 bytes."""
    return b"".join(row.tobytes() + b"\0" * (-len(row.tobytes()) % 4) for row in pixels[::-1])


def bmp(name, bits, compression, data, extra=b"", height=H, size=40):
    """`extra` is the rest of the header after 40 bytes, the masks, and the palette."""
    header = struct.pack("<IiiHHIIiiII", size, W, height, 1, bits, compression, 0, 2835, 2835, 0, 0) + extra
    files[name] = b"BM" + struct.pack("<IHHI", 14 + len(header) + len(data), 0, 0, 14 + len(header)) + header + data


def entries(image, count):
    found = image.getpalette() + [0] * 768
    return b"".join(bytes([found[3 * i + 2], found[3 * i + 1], found[3 * i], 0]) for i in range(count))


for name, image in ("rgb", photo), ("gray", Image.fromarray(gray)), ("bit", bit), ("palette", palette):
    save(f"{name}.bmp", image)
red, green, blue, alpha = (rgba[..., i].astype(np.uint32) for i in range(4))
bmp("top_down.bmp", 24, 0, rows(rgb[::-1, :, ::-1]), height=-H)
bmp("555.bmp", 16, 0, rows((red >> 3 << 10 | green >> 3 << 5 | blue >> 3).astype("<u2")))
bmp("565.bmp", 16, 3, rows((red >> 3 << 11 | green >> 2 << 5 | blue >> 3).astype("<u2")),
    struct.pack("<III", 0xF800, 0x7E0, 0x1F))
bmp("32.bmp", 32, 0, rows((alpha << 24 | red << 16 | green << 8 | blue).astype("<u4")))
bmp("alpha.bmp", 32, 3, rows((alpha << 24 | red << 16 | green << 8 | blue).astype("<u4")),
    struct.pack("<IIII", 0xFF0000, 0xFF00, 0xFF, 0xFF000000) + b"BGRs" + bytes(64), size=124)
nibbles = np.pad(np.asarray(colors), ((0, 0), (0, 1)))
packed = nibbles[:, ::2] << 4 | nibbles[:, 1::2]
bmp("16_colors.bmp", 4, 0, rows(packed), entries(colors, 16))
core = b"".join(entries(colors, 16)[i : i + 3] for i in range(0, 64, 4))
files["os2.bmp"] = b"BM" + struct.pack("<IHHI", 0, 0, 0, 74) + struct.pack("<IHHHH", 12, W, H, 1, 4) + core + rows(packed)
runs = b""
for row in np.asarray(palette)[::-1]:  # literals of 5, a run, and the end of the row
    runs += bytes([0, 5]) + row[:5].tobytes() + b"\0" + bytes([5, row[5]]) + b"\0\0"
bmp("rle8.bmp", 8, 1, runs + b"\0\1", entries(palette, 256))
runs = b""
for row in packed[::-1]:  # a run, a jump of 2 pixels, literals of 6
    runs += bytes([4, row[0], 0, 2, 2, 0, 0, 6]) + row[3:6].tobytes() + b"\0" + b"\0\0"
bmp("rle4.bmp", 4, 2, runs + b"\0\1", entries(colors, 16))

# PNM

save("rgb.ppm", photo)
save("gray.pgm", Image.fromarray(gray))
save("bit.pbm", bit)
files["text.pbm"] = f"P1 # a comment\n{W} {H}\n".encode() + "".join("01"[not v] for v in np.asarray(bit).ravel()).encode()
files["text.pgm"] = f"P2\n{W}\n# a comment\n{H} 255\n".encode() + " ".join(map(str, gray.ravel())).encode()
files["text.ppm"] = f"P3\n{W} {H}\n255\n".encode() + "\n".join(map(str, rgb.ravel())).encode()
for maximum in (1, 2, 10, 100, 254):
    scaled = (gray.astype(int) * maximum // 255).astype(np.uint8)
    files[f"max{maximum}.pgm"] = f"P5\n{W} {H}\n{maximum}\n".encode() + scaled.tobytes()
for maximum in (256, 1023, 4095, 65535):
    scaled = (wide[..., 0].astype(int) * maximum // 65535).astype(">u2")
    files[f"max{maximum}.pgm"] = f"P5\n{W} {H}\n{maximum}\n".encode() + scaled.tobytes()

# GIF

save("palette.gif", palette, interlace=0)
save("interlaced.gif", palette, interlace=1)
save("gray.gif", Image.fromarray(gray))
save("transparent.gif", palette, transparency=1)
save("animated.gif", photo, save_all=True, append_images=[photo.rotate(180)], duration=100)


def gif(name, screen, frame, transparent=None, has_global=True, has_local=False):
    """Creates a GIF of 8 colors. `frame` is left, top, width and height."""
    table = bytes(range(0, 240, 10))
    data = b"GIF89a" + struct.pack("<HHBBB", *screen, 0x82 if has_global else 2, 0, 0) + (table if has_global else b"")
    if transparent is not None:
        data += bytes([0x21, 0xF9, 4, 1, 0, 0, transparent, 0])
    data += b"," + struct.pack("<HHHHB", *frame, 0x82 if has_local else 0) + (table[::-1] if has_local else b"")
    codes = [code for k in range(frame[2] * frame[3]) for code in (8, (k * 5 + k // 3) % 8)] + [9]
    number = sum(code << 4 * i for i, code in enumerate(codes))  # every code has 4 bits, since 8 empties the table
    body = number.to_bytes((len(codes) + 1) // 2, "little")
    parts = [body[i : i + 255] for i in range(0, len(body), 255)]
    files[name] = data + b"\3" + b"".join(bytes([len(part)]) + part for part in parts) + b"\0;"


gif("small_frame.gif", (8, 6), (2, 1, 4, 3))
gif("small_frame_transparent.gif", (8, 6), (2, 1, 4, 3), transparent=3)
gif("large_frame.gif", (4, 4), (2, 2, 6, 5), has_local=True)
gif("no_palette.gif", (5, 5), (0, 0, 5, 5), has_global=False)

# TIFF

for name, compression in ("none", None), ("lzw", "lzw"), ("deflate", "deflate"), ("packbits", "packbits"):
    tiff(f"{name}.tif", rgb, photometric="rgb", compression=compression, rowsperstrip=3)
    tiff(f"tiles_{name}.tif", rgb, photometric="rgb", compression=compression, tile=(16, 16))
tiff("gray16.tif", wide[..., 0], photometric="minisblack", compression="lzw", predictor=True)
tiff("rgb16.tif", wide, photometric="rgb", byteorder=">")
tiff("rgb16_tiles.tif", wide, photometric="rgb", compression="deflate", predictor=True, tile=(16, 16))
tiff("min_is_white.tif", gray, photometric="miniswhite")
tiff("planar.tif", np.moveaxis(rgb, -1, 0), photometric="rgb", planarconfig="separate", compression="lzw")
tiff("planar_tiles.tif", np.moveaxis(rgb, -1, 0), photometric="rgb", planarconfig="separate", tile=(16, 16))
tiff("alpha.tif", rgba, photometric="rgb", extrasamples=["unassalpha"])
tiff("unused.tif", rgba, photometric="rgb", extrasamples=["unspecified"])
tiff("big.tif", rgb, photometric="rgb", bigtiff=True)
tiff("pages.tif", np.stack([rgb, rgb[::-1]]), photometric="rgb")
for orientation in range(2, 9):
    tiff(f"orientation{orientation}.tif", rgb, photometric="rgb", extratags=[(274, "H", 1, orientation, True)])
save("jpeg.tif", photo, compression="jpeg", quality=90)
save("cmyk.tif", photo.convert("CMYK"), compression="tiff_lzw")
save("palette.tif", palette)
save("bit.tif", bit)
save("group4.tif", bit, compression="group4")
tiff("jpeg_tiles.tif", rgb, photometric="ycbcr", compression="jpeg", tile=(16, 16))


def expected(image):
    """Returns RGB pixels over white. 16-bit gray is reduced to its high byte, which Pillow does not do when it converts."""
    if image.mode.startswith("I"):
        return Image.fromarray((np.asarray(image).astype(int) >> 8).astype(np.uint8)).convert("RGB")
    if image.mode == "RGBA" or "transparency" in image.info:
        pixels = np.asarray(image.convert("RGBA")).astype(int)
        color, alpha = pixels[..., :3], pixels[..., 3:]
        return Image.fromarray(((color * alpha + 255 * (255 - alpha) + 127) // 255).astype(np.uint8))
    return image.convert("RGB")


table = csv.writer(open("pixels.csv", "w", newline=""), lineterminator="\n")
table.writerow(["file", "width", "height", "rgb"])
for name, data in files.items():
    open(name, "wb").write(data)
    image = Image.open(name)
    image.load()
    image = expected(image)
    table.writerow([name, image.width, image.height, image.tobytes().hex()])
