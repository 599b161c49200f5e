"""What the debuggers' commands `tensor`, `tensor-image`, `module` and `graph` print."""

import math
import os

from helder_format import (
    all_elements, elements, guarded, input_nodes, items, node_text, number_text, own_tensors_text, read_c_string, read_node,
    read_tensor, row_major, shape_text, tensor_text)

EDGE_ITEMS = 3        # shown at each end of a row or column whose middle is left out
EDGE_MATRICES = 1     # the same of the dimensions before
WHOLE_TENSOR = 100    # a tensor of more elements is shortened
WHOLE_ROW = 12
MOST_ELEMENTS = 20_000_000
RAMP = " .:-=+*#%@"


MOST_NODES = 200      # in a graph


# ---- module, graph ---------------------------------------------------------------------------------------------------

def module_report(module, name="", indent=""):
    """The tree of modules, a line each: name, class, and the shapes of its own parameters and buffers."""
    own = own_tensors_text(module)
    line = indent + (f"{name}: " if name else "") + module.kind + (f", {own}" if own else "")
    if not indent:
        line += f", {module.parameter_count()} parameters, {'training' if module.training else 'eval'}"
    return "\n".join([line] + [module_report(child, key, indent + "  ") for key, child in module.children])


def graph_report(node):
    """The nodes that a backward pass goes through, in its order: the youngest first."""
    if node is None:
        return "a leaf, or nothing was recorded: no op made it"
    waiting, lines = {node.member("sequence_").integer(): node}, []
    while waiting and len(lines) < MOST_NODES:
        node = waiting.pop(max(waiting))
        lines.append(node_text(read_node(node)) + guarded(saved_tensors_text, node))
        for made_input in input_nodes(node):
            waiting[made_input.member("sequence_").integer()] = made_input
    return "\n".join(lines + ["..."] * bool(waiting))


def saved_tensors_text(node):
    """What a node keeps for its backward, until that has run."""
    kept = []
    for entry in items(node.member("saved_")):
        tensor = read_tensor(entry.target().member("tensor_"))
        if tensor:
            kept.append(f"{read_c_string(entry.target().member('name_'))} {shape_text(tensor.shape)}")
    return f", saved {', '.join(kept)}" if kept else ""


# ---- tensor ----------------------------------------------------------------------------------------------------------

def tensor_report(tensor):
    """Shape, strides, statistics, and the numbers as NumPy shows them."""
    if tensor is None:
        return "undefined tensor"
    lines = [f"{tensor.dtype} {shape_text(tensor.shape)} {tensor.device}, strides {shape_text(tensor.strides)}, "
             f"offset {tensor.offset}, version {tensor.version}, storage {tensor.storage_bytes} bytes"]
    if tensor.requires_grad:
        lines.append(f"requires_grad, made by {tensor.made_by}" if tensor.made_by else "requires_grad, a leaf")
    if tensor.grad is not None:
        lines.append("gradient: " + tensor_text(tensor.grad))
    lines.append(guarded(statistics_text, tensor))
    lines.append(guarded(rows_text, tensor))
    return "\n".join(lines)


def statistics_text(tensor):
    count = math.prod(tensor.shape)
    if count == 0:
        return "no elements"
    if count > MOST_ELEMENTS:
        return f"{count} elements: too many for statistics"
    values = all_elements(tensor)
    finite = [v for v in values if math.isfinite(v)]
    nans = sum(v != v for v in values)
    infinite = count - len(finite) - nans
    text = f"{count} element" + "s" * (count > 1)
    if finite:
        text += (f": min {number_text(min(finite))}, mean {number_text(math.fsum(finite) / len(finite))}, "
                 f"max {number_text(max(finite))}")
    text += f", NaN: {nans}" if "float" in tensor.dtype else ""
    return text + (f", infinite: {infinite}" if infinite else "")


def rows_text(tensor):
    """The numbers in nested brackets, in aligned columns; the middle of a large tensor is left out."""
    shape, strides, rank = tensor.shape, tensor.strides, len(tensor.shape)
    if 0 in shape:
        return "[]"

    def shown(dim):
        size = shape[dim]
        long = math.prod(shape) > WHOLE_TENSOR or (dim == rank - 1 and size > WHOLE_ROW)
        edge = EDGE_ITEMS if dim >= rank - 2 else EDGE_MATRICES
        if not long or size <= 2 * edge:
            return list(range(size))
        return [*range(edge), None, *range(size - edge, size)]

    offsets = [tensor.offset]
    for dim in range(rank):
        offsets = [offset + i * strides[dim] for offset in offsets for i in shown(dim) if i is not None]
    word = dict(zip(offsets, number_words(elements(tensor, offsets))))

    def layout(dim, offset):
        if dim == rank:
            return word[offset]
        parts = ["..." if i is None else layout(dim + 1, offset + i * strides[dim]) for i in shown(dim)]
        separator = " " if dim == rank - 1 else "\n" * (rank - 1 - dim) + " " * (dim + 1)
        return "[" + separator.join(parts) + "]"

    return layout(0, tensor.offset)


def number_words(values):
    """Numbers of one width, four digits after the point."""
    words = [str(value) for value in values]
    if isinstance(values[0], float):
        largest = max((abs(v) for v in values if math.isfinite(v)), default=0)
        fixed = largest == 0 or 1e-3 <= largest < 1e6
        words = [f"{value:.4f}" if fixed else f"{value:.3e}" for value in values]
    width = max(map(len, words))
    return [word.rjust(width) for word in words]


# ---- tensor-image ----------------------------------------------------------------------------------------------------

def split_arguments(text):
    """`x.grad() 3 0`: an expression, then the index of each dimension that is left out of the picture."""
    words = text.split()
    indices = []
    while len(words) > 1 and words[-1].isdigit():
        indices.insert(0, int(words.pop()))
    return " ".join(words), indices


def image_report(tensor, indices, columns=100, colours=None):
    """Draws the last two dimensions; those before them stand at `indices`, or at 0."""
    if tensor is None:
        return "undefined tensor"
    if len(tensor.shape) < 2:
        return f"an image has two dimensions; this tensor is {shape_text(tensor.shape)}"
    leading = len(tensor.shape) - 2
    if len(indices) > leading or any(i >= size for i, size in zip(indices, tensor.shape)):
        return f"there is no image {shape_text(indices)} in a tensor of {shape_text(tensor.shape)}"
    if 0 in tensor.shape:
        return "no elements"
    indices = indices + [0] * (leading - len(indices))

    height, width = tensor.shape[-2:]
    start = tensor.offset + sum(i * stride for i, stride in zip(indices, tensor.strides))
    values = elements(tensor, row_major((height, width), tensor.strides[-2:], start))
    finite = [v for v in values if math.isfinite(v)]
    low, high = (min(finite), max(finite)) if finite else (0, 0)
    scale = 1 / (high - low) if high > low else 0
    levels = [[(v - low) * scale if math.isfinite(v) else None for v in values[row * width:][:width]]
              for row in range(height)]
    levels = shrink(levels, max(1, -(-width // columns)))

    where = "".join(f"[{i}]" for i in indices)
    nans = len(values) - len(finite)
    colours = os.isatty(1) and not os.environ.get("NO_COLOR") if colours is None else colours
    caption = f"{tensor.dtype} {shape_text(tensor.shape)}{where}, from {number_text(low)} to {number_text(high)}"
    caption += f", {'red' if colours else '?'}: {nans} not finite" if nans else ""
    return (draw_blocks(levels) if colours else draw_letters(levels)) + "\n" + caption


def shrink(levels, step):
    """Averages squares of step x step pixels; one that is not finite stays visible."""
    if step == 1:
        return levels
    shrunk = []
    for top in range(0, len(levels), step):
        rows = levels[top:top + step]
        squares = [[v for row in rows for v in row[left:left + step]] for left in range(0, len(rows[0]), step)]
        shrunk.append([None if None in square else sum(square) / len(square) for square in squares])
    return shrunk


def pairs_of_rows(levels):
    """A character shows two pixels, one above the other."""
    for y in range(0, len(levels), 2):
        yield levels[y], levels[y + 1] if y + 1 < len(levels) else levels[y]


def draw_blocks(levels):
    def colour(level):   # of the terminal's 256: 232 to 255 are greys, 196 is red
        return 196 if level is None else 232 + round(23 * level)

    return "\n".join(
        "".join(f"\033[38;5;{colour(a)};48;5;{colour(b)}m▀" for a, b in zip(upper, lower)) + "\033[0m"
        for upper, lower in pairs_of_rows(levels))


def draw_letters(levels):
    def letter(a, b):
        return "?" if a is None or b is None else RAMP[round((len(RAMP) - 1) * (a + b) / 2)]

    return "\n".join("".join(map(letter, upper, lower)) for upper, lower in pairs_of_rows(levels))
