"""Creates the fixtures in this folder. Run it here. Requires Pillow (with AVIF) and pillow-heif."""

import numpy as np
import pillow_heif
from PIL import Image, ImageOps

pillow_heif.register_heif_opener()


def formula(width, height, channels):
    y, x, c = np.meshgrid(np.arange(height), np.arange(width), np.arange(channels), indexing="ij")
    return (((x * 7 + y * 13 + c * 29) * (x + 3 * y + 5) >> 2) & 255).astype(np.uint8)


def smooth(width, height):
    y, x = np.mgrid[0:height, 0:width]
    return np.stack([x * 255 // (width - 1), y * 255 // (height - 1), 128 + 0 * x], -1).astype(np.uint8)


def resize(image, size):
    """Resizes rows first, then columns, regardless of the order that the version of Pillow uses."""
    rows = image.resize((size[0], image.height), Image.BILINEAR)
    return rows.resize(size, Image.BILINEAR)


rgb = Image.fromarray(formula(23, 17, 3))
gray = Image.fromarray(formula(23, 17, 1)[..., 0])
for size in [(9, 11), (40, 31), (23, 5), (7, 17), (64, 8), (3, 29), (1, 1), (32, 32)]:
    for name, image in (("rgb", rgb), ("gray", gray)):
        open(f"resized_{size[0]}x{size[1]}_{name}.bin", "wb").write(resize(image, size).tobytes())
for size in [(20, 20), (20, 9), (11, 30)]:
    inner = ImageOps.contain(rgb, size).size
    pad = Image.new("RGB", size)
    pad.paste(resize(rgb, inner), (round((size[0] - inner[0]) * 0.5), round((size[1] - inner[1]) * 0.5)))
    open(f"padded_{size[0]}x{size[1]}_rgb.bin", "wb").write(pad.tobytes())
open("converted_gray.bin", "wb").write(rgb.convert("L").tobytes())



def turned():
    """Returns EXIF with orientation 6. Call it for each file, because saving as AVIF removes the tag (and writes a rotation)."""
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


source = Image.fromarray(smooth(48, 32))
source.save("smooth.avif", quality=90)
source.save("smooth_orientation6.avif", quality=90, exif=turned())
source.save("smooth.heic", quality=90)
source.save("smooth.webp", quality=90)
source.save("progressive.jpg", quality=90, progressive=True)
source.save("restarts.jpg", quality=90, restart_marker_blocks=2)
source.save("orientation6.webp", lossless=True, exif=turned())
source.save("orientation6.png", exif=turned())
for name in ("animated.webp", "animated.png", "animated.avif"):
    source.save(name, save_all=True, append_images=[source.rotate(180)], duration=100)
source.convert("CMYK").save("cmyk.jpg", quality=95)
alpha = np.concatenate([smooth(48, 32), np.tile(np.linspace(0, 255, 48).astype(np.uint8), (32, 1))[..., None]], -1)
transparent = Image.fromarray(alpha)
transparent.save("alpha.webp", lossless=True, exact=True)
transparent.save("alpha.png")
transparent.save("alpha.avif", quality=100, subsampling="4:4:4")
transparent.save("alpha_premultiplied.avif", quality=100, subsampling="4:4:4", alpha_premultiplied=True)
transparent.save("alpha.heic", quality=100, chroma="444")
transparent.convert("RGBa").save("alpha_premultiplied.heic", quality=100, chroma="444")
Image.fromarray(smooth(100, 70)).save("grid.heic", quality=50, tile_size=64)
