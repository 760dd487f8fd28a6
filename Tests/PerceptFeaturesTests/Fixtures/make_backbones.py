"""Exports small backbones with random weights as ONNX test fixtures: make_backbones.py FOLDER

MobileNetV3, ResNet-18 and a small ViT (patch embedding, position embedding, layer scale, scaled_dot_product_attention),
each with the legacy exporter (opset 17) and the dynamo exporter (opset 18), for 64 x 64 and, from the legacy exporter,
for any size where the network allows it."""
import sys
import torch
from torch import nn

# The wheel of torchvision is built for another build of torch: its C++ operators, which are not needed, do not load.
library = torch.library.Library("torchvision", "DEF")
for name in ("nms(Tensor a, Tensor b, float c)", "qnms(Tensor a, Tensor b, float c)"):
    library.define(f"{name} -> Tensor")
from torchvision.models import mobilenetv3, resnet  # noqa: E402


class Block(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads = heads
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.mlp = nn.Sequential(nn.Linear(width, 4 * width), nn.GELU(), nn.Linear(4 * width, width))
        self.scale1, self.scale2 = nn.Parameter(torch.full((width,), 0.1)), nn.Parameter(torch.full((width,), 0.1))

    def forward(self, x):
        n, t, c = x.shape
        q, k, v = self.qkv(self.norm1(x)).reshape(n, t, 3, self.heads, c // self.heads).permute(2, 0, 3, 1, 4)
        y = nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, t, c)
        x = x + self.scale1 * self.out(y)
        return x + self.scale2 * self.mlp(self.norm2(x))


class ViT(nn.Module):
    """With `interpolates`, position embeddings are resized to the image, as in DINOv2."""

    def __init__(self, width=16, heads=2, depth=2, patch=8, grid=8, interpolates=False):
        super().__init__()
        self.interpolates, self.grid = interpolates, grid
        self.patches = nn.Conv2d(3, width, patch, patch)
        self.cls = nn.Parameter(torch.zeros(1, 1, width))
        self.positions = nn.Parameter(torch.randn(1, 1 + grid * grid, width))
        self.blocks, self.norm = nn.Sequential(*(Block(width, heads) for _ in range(depth))), nn.LayerNorm(width)

    def forward(self, x):
        x = self.patches(x)
        n, c, h, w = x.shape
        positions = self.positions
        if self.interpolates:
            grid = positions[:, 1:].reshape(1, self.grid, self.grid, c).permute(0, 3, 1, 2)
            grid = nn.functional.interpolate(grid, size=(h, w), mode="bicubic", align_corners=False)
            positions = torch.cat([positions[:, :1], grid.permute(0, 2, 3, 1).reshape(1, h * w, c)], 1)
        x = torch.cat([self.cls.expand(n, -1, -1), x.flatten(2).transpose(1, 2)], 1) + positions
        x = self.norm(self.blocks(x))
        return x[:, 1:].transpose(1, 2).reshape(n, c, h, w), x[:, 0]


class Features(nn.Module):
    """The map before the pooling, and the pooled vector."""

    def __init__(self, layers):
        super().__init__()
        self.layers = layers

    def forward(self, x):
        x = self.layers(x)
        return x, x.mean((2, 3))


def mobilenet():
    row = mobilenetv3.InvertedResidualConfig
    rows = [row(8, 3, 8, 8, True, "RE", 2, 1, 0.5), row(8, 3, 24, 16, False, "RE", 2, 1, 0.5),
            row(16, 5, 32, 16, True, "HS", 1, 1, 0.5)]
    return Features(mobilenetv3.MobileNetV3(rows, 32, num_classes=2).features)


def resnet18():
    net = resnet.ResNet(resnet.BasicBlock, [2, 2, 2, 2], num_classes=2, width_per_group=64)
    for module in net.modules():  # a thirty-second of the width
        if isinstance(module, nn.Conv2d):
            i = module.in_channels if module.in_channels == 3 else module.in_channels // 32
            module.weight = nn.Parameter(torch.randn(module.out_channels // 32, i, *module.kernel_size) * 0.1)
        elif isinstance(module, nn.BatchNorm2d):
            module.__init__(module.num_features // 32)
    return Features(nn.Sequential(*list(net.children())[:-2]))


def export(model, path, opset, dynamo, dynamic=False):
    names = dict(input_names=["image"], output_names=["map", "vector"], opset_version=opset)
    if dynamic:
        names["dynamic_axes"] = {"image": {2: "height", 3: "width"}}
    if dynamo:
        names["external_data"] = False
    torch.onnx.export(model.eval(), (torch.randn(1, 3, 64, 64),), path, dynamo=dynamo, **names)


if __name__ == "__main__":
    torch.manual_seed(1)
    folder = sys.argv[1]
    for name, model in [("mobilenetv3", mobilenet()), ("resnet18", resnet18()), ("vit", ViT())]:
        export(model, f"{folder}/{name}-legacy.onnx", 17, False, dynamic=name != "vit")
        export(model, f"{folder}/{name}-dynamo.onnx", 18, True)
    export(ViT(interpolates=True), f"{folder}/vit-dynamic-legacy.onnx", 17, False, dynamic=True)
