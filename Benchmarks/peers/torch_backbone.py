"""What `percept train --features efficientnet-lite0` does, in PyTorch and scikit-learn, with a loader process per core.

usage: python torch_backbone.py BACKBONE.onnx TRAIN_FOLDER TEST_FOLDER FEATURES.npz
The ONNX file provides the weights. Writes the features to FEATURES.npz, and prints the same as saved_features.py.
"""

import os

import onnx
import pretrained
import torch
from torch import nn

# The number of blocks in each stage, and the stride of the first.
STAGES = ((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1))
BATCH = 16


class Residual(nn.Sequential):
    def forward(self, x):
        return x + super().forward(x)


def network(file):
    """EfficientNet-Lite0 up to its pooled features. Batch normalization is already folded into the convolutions."""
    weights = {
        one.name: torch.from_numpy(onnx.numpy_helper.to_array(one).copy()) for one in onnx.load(file).graph.initializer
    }
    layers, index = convolution(weights, "stem", stride=2), 0
    for count, stride in STAGES:
        for repeat in range(count):
            parts = block(weights, f"block{index}", 1 if repeat else stride)
            layers += [Residual(*parts)] if repeat else parts
            index += 1
    layers += [*convolution(weights, "map"), nn.AdaptiveAvgPool2d(1), nn.Flatten()]
    return nn.Sequential(*layers).eval().to(memory_format=torch.channels_last)


def block(weights, name, stride):
    expansion = convolution(weights, f"{name}.expand") if f"{name}.expand.weight" in weights else []
    depthwise = convolution(weights, f"{name}.depthwise", stride)
    projection, _ = convolution(weights, f"{name}.project")  # without activation
    return [*expansion, *depthwise, projection]


def convolution(weights, name, stride=1):
    """A convolution and its activation. With stride 2, TensorFlow pads the end by one more than the start."""
    weight = weights[f"{name}.weight"]
    outputs, inputs, size, _ = weight.shape
    groups = outputs if inputs == 1 else 1
    layer = nn.Conv2d(inputs * groups, outputs, size, stride, "valid" if stride == 2 else size // 2, groups=groups)
    layer.weight.data, layer.bias.data = weight, weights[f"{name}.bias"]
    padding = [nn.ZeroPad2d(2 * ((size - 2) // 2, size // 2))] if stride == 2 else []
    return [*padding, layer, nn.ReLU6(inplace=True)]


class Photos(torch.utils.data.Dataset):
    def __init__(self, files):
        self.files = files

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        return pretrained.image(self.files[index])


@torch.inference_mode()
def extract(backbone, files):
    torch.set_num_threads(os.cpu_count())
    model, features = network(backbone), []
    for batch in torch.utils.data.DataLoader(Photos(files), BATCH, num_workers=os.cpu_count()):
        features.append(model(batch.permute(0, 3, 1, 2)))  # a view in channels_last order
    return torch.cat(features).numpy()


if __name__ == "__main__":
    pretrained.main(extract)
