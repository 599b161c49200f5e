"""Networks that PyTorch runs beside Helder's and that no package has in this form."""

import torch
import torch.nn.functional as F
from torch import nn


class VitBlock(nn.Module):
    def __init__(self, dim, heads):
        super().__init__()
        self.norm1, self.norm2, self.heads = nn.LayerNorm(dim), nn.LayerNorm(dim), heads
        self.qkv, self.proj = nn.Linear(dim, 3 * dim), nn.Linear(dim, dim)
        self.fc1, self.fc2 = nn.Linear(dim, 4 * dim), nn.Linear(4 * dim, dim)

    def forward(self, x):
        n, tokens, dim = x.shape
        q, k, v = self.qkv(self.norm1(x)).view(n, tokens, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        x = x + self.proj(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(n, tokens, dim))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x))))


class Vit(nn.Module):
    def __init__(self, dim=768, depth=12, heads=12, size=224):
        super().__init__()
        self.patches = nn.Conv2d(3, dim, 16, 16)
        tokens = 1 + (size // 16) ** 2
        self.token, self.positions = nn.Parameter(torch.zeros(1, 1, dim)), nn.Parameter(torch.zeros(1, tokens, dim))
        self.blocks = nn.Sequential(*[VitBlock(dim, heads) for _ in range(depth)])
        self.norm, self.head = nn.LayerNorm(dim), nn.Linear(dim, 1000)

    def forward(self, x):
        x = self.patches(x).flatten(2).transpose(1, 2)
        x = torch.cat([self.token.expand(len(x), -1, -1), x], 1) + self.positions
        return self.head(self.norm(self.blocks(x))[:, 0])


class YoloV3Tiny(nn.Module):
    """As its cfg has it, with heads of 80 classes; in eval()."""

    def __init__(self):
        super().__init__()

        def conv(inputs, outputs, size):
            norm = nn.BatchNorm2d(outputs)
            return nn.Sequential(nn.Conv2d(inputs, outputs, size, padding=size // 2, bias=False), norm, nn.LeakyReLU(0.1))

        widths = (3, 16, 32, 64, 128, 256)
        self.stem = nn.Sequential(*[part for a, b in zip(widths[:-2], widths[1:-1]) for part in (conv(a, b, 3), nn.MaxPool2d(2))])
        self.fine, self.halve = conv(128, 256, 3), nn.MaxPool2d(2)
        self.wide = nn.Sequential(conv(256, 512, 3), nn.ZeroPad2d((0, 1, 0, 1)), nn.MaxPool2d(2, 1), conv(512, 1024, 3), conv(1024, 256, 1))
        self.coarse_head = nn.Sequential(conv(256, 512, 3), nn.Conv2d(512, 255, 1))
        self.up = nn.Sequential(conv(256, 128, 1), nn.Upsample(scale_factor=2))
        self.fine_head = nn.Sequential(conv(384, 256, 3), nn.Conv2d(256, 255, 1))

    def forward(self, x):
        fine = self.fine(self.stem(x))
        wide = self.wide(self.halve(fine))
        return self.activate(self.coarse_head(wide)), self.activate(self.fine_head(torch.cat([self.up(wide), fine], 1)))

    @staticmethod
    def activate(x):
        """What a [yolo] layer does: all but width and height go through a sigmoid."""
        numbers = x.unflatten(1, (3, 85))
        parts = numbers[:, :, :2].sigmoid(), numbers[:, :, 2:4], numbers[:, :, 4:].sigmoid()
        return torch.cat(parts, 2).flatten(1, 2)


class MnistCnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1, self.conv2 = nn.Conv2d(1, 32, 3), nn.Conv2d(32, 64, 3)
        self.fc1, self.fc2 = nn.Linear(9216, 128), nn.Linear(128, 10)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv2(F.relu(self.conv1(x)))), 2)
        return self.fc2(F.relu(self.fc1(x.flatten(1))))
