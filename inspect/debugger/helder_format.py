"""Tensors, nodes and modules as text, for the printers of gdb (helder_gdb.py) and lldb (helder_lldb.py).

Everything is read from the memory of the program that is debugged; no function is called in it, so that looking cannot
change what is looked at, and works in core dumps. Variables that are not initialised yet hold anything: whatever makes
no sense raises `Unreadable`, and the debuggers print `<unreadable>`.

A debugger's values come wrapped in a class of these methods:

    member(*names)      the member that has one of these names (standard libraries differ), also of a base class
    integer()           the number in it; of a pointer the address
    address()           where it is
    target()            what the pointer in it points at
    at(type, address)   another value: what lies at this address, seen as a type that is given by its name
    element_size()      of a std::vector: the bytes of an element
    element(address)    of a std::vector: the element at this address
    text()              what is in a std::string that is not libstdc++'s, where the debugger knows it
    class_name()        of an object with virtual functions: the class that it was made as, told by its vtable
    read(at, size)      bytes of the program's memory
"""

import dataclasses
import math
import struct
from typing import Callable

MAX_RANK = 8          # kMaxRank in tensor/shape.h
FIRST_VALUES = 5      # in a summary
READ_AT_ONCE = 1 << 30
DTYPES = (            # in the order of DType in tensor/dtype.h: name, bytes, struct code
    ("bool", 1, "?"), ("uint8", 1, "B"), ("int64", 8, "q"), ("float16", 2, "e"), ("bfloat16", 2, None),
    ("float32", 4, "f"), ("float64", 8, "d"))
UNREADABLE = "<unreadable>"
DEVICES = ("cpu", "cuda")    # tensor/device.h


class Unreadable(Exception):
    """This memory does not hold what its type promises."""


def require(condition):
    if not condition:
        raise Unreadable


# ---- reading ---------------------------------------------------------------------------------------------------------

def read_shape(value):
    """A Shape as a tuple."""
    rank = value.member("rank_").integer()
    require(0 <= rank <= MAX_RANK)
    sizes = value.member("sizes_")
    return struct.unpack(f"<{rank}q", sizes.read(sizes.address(), 8 * rank)) if rank else ()


def read_sizes(value):
    """A Shape of sizes: none is negative, and a program could hold that many elements."""
    sizes = read_shape(value)
    require(all(size >= 0 for size in sizes) and math.prod(sizes) < 1 << 48)
    return sizes


def read_dtype(value):
    index = value.integer()
    require(0 <= index < len(DTYPES))
    return DTYPES[index][0]


def read_device(value):
    index = value.integer()
    require(0 <= index < len(DEVICES))
    return DEVICES[index]


def read_c_string(value):
    """A short name: printable, and at most 63 characters."""
    at = value.integer()
    require(at)
    text = b""
    while len(text) < 64:
        byte = value.read(at + len(text), 1)
        if byte == b"\0":
            return text.decode("ascii")
        require(32 <= byte[0] < 127)
        text += byte
    raise Unreadable


def pointer(shared):
    """The plain pointer in a std::shared_ptr, of libstdc++ or libc++."""
    return shared.member("_M_ptr", "__ptr_")


@dataclasses.dataclass
class Tensor:
    dtype: str
    shape: tuple
    strides: tuple
    offset: int
    data: int            # address of the storage
    storage_bytes: int
    device: str
    version: int
    requires_grad: bool
    made_by: str         # name of the node; empty for a leaf
    grad: object         # a Tensor or None
    read: Callable       # (address, size) -> bytes


def read_tensor(value):
    """A helder::Tensor; None when it is undefined."""
    impl = pointer(value.member("impl_"))
    return read_tensor_impl(impl.target()) if impl.integer() else None


def read_tensor_impl(value):
    storage = pointer(value.member("storage"))
    require(storage.integer())
    storage = storage.target()
    tensor = Tensor(
        dtype=read_dtype(value.member("dtype")), shape=read_sizes(value.member("shape")),
        strides=read_shape(value.member("strides")), offset=value.member("offset").integer(),
        data=storage.member("data_").integer(), storage_bytes=storage.member("bytes_").integer(),
        device=read_device(storage.member("device_")), version=storage.member("version_").integer(),
        requires_grad=False, made_by="", grad=None, read=value.read)
    require(len(tensor.shape) == len(tensor.strides))
    state = pointer(value.member("autograd"))
    if state.integer():
        state = state.target()
        node = pointer(state.member("node"))
        tensor.made_by = read_c_string(node.target().member("name_")) if node.integer() else ""
        tensor.requires_grad = bool(tensor.made_by or state.member("requires_grad").integer())
        tensor.grad = read_tensor(state.member("grad"))
    return tensor


@dataclasses.dataclass
class Node:
    name: str
    sequence: int
    dtype: str
    shape: tuple
    inputs: list         # "name #sequence", or "-" where no gradient is wanted


def input_addresses(value):
    """Where the nodes of a node's inputs are; 0 where no gradient is wanted."""
    # In both standard libraries a vector begins with the addresses of its first element and of its end, and a
    # shared_ptr is an address and its counter's.
    inputs = value.member("inputs_")
    begin, end = struct.unpack("<2Q", inputs.read(inputs.address(), 16))
    size = 16 + 8 * MAX_RANK + 8  # a shared_ptr to the input's node, and its shape: sizes and their number
    count, rest = divmod(end - begin, size)
    require(0 <= count < 1 << 20 and rest == 0)
    return [struct.unpack("<Q", value.read(begin + i * size, 8))[0] for i in range(count)]


def input_nodes(value):
    return [value.at("helder::Node", address) for address in input_addresses(value) if address]


def node_of_tensor(value):
    """The node that made a helder::Tensor, or None."""
    impl = pointer(value.member("impl_"))
    state = pointer(impl.target().member("autograd")) if impl.integer() else None
    node = pointer(state.target().member("node")) if state and state.integer() else None
    return node.target() if node and node.integer() else None


def read_node(value):
    addresses = input_addresses(value)
    count, shown = len(addresses), min(len(addresses), MAX_RANK)
    names = [node_name(value.at("helder::Node", address)) if address else "-" for address in addresses[:shown]]
    return Node(
        name=read_c_string(value.member("name_")), sequence=value.member("sequence_").integer(),
        dtype=read_dtype(value.member("dtype_")), shape=read_sizes(value.member("shape_")),
        inputs=names + ["..."] * (count > shown))


def node_name(value):
    return f"{read_c_string(value.member('name_'))} #{value.member('sequence_').integer()}"


def items(vector):
    """The elements of a std::vector."""
    # In both standard libraries it begins with the addresses of its first element and of its end.
    begin, end = struct.unpack("<2Q", vector.read(vector.address(), 16))
    count, rest = divmod(end - begin, vector.element_size())
    require(0 <= count < 1 << 16 and rest == 0)
    return [vector.element(begin + i * vector.element_size()) for i in range(count)]


def read_string(value):
    """A std::string."""
    try:
        data, length = value.member("_M_dataplus").member("_M_p").integer(), value.member("_M_string_length").integer()
    except Unreadable:
        return value.text()
    require(0 <= length < 1 << 16)
    return value.read(data, length).decode()


@dataclasses.dataclass
class Module:
    kind: str            # its class: "Conv2d"
    training: bool
    parameters: list     # its own, as (name, Tensor)
    buffers: list        # the same
    children: list       # (name, Module)

    def parameter_count(self):
        return sum(math.prod(tensor.shape) for _, tensor in self.parameters if tensor) + sum(
            child.parameter_count() for _, child in self.children)


def read_module(value, depth=0):
    """A helder::Module, with the modules in it."""
    require(depth < 64)
    kind = value.class_name().split("<")[0].split("::")[-1]

    def named_tensors(member):
        pairs = [(read_string(pair.member("first")), read_tensor(pair.member("second"))) for pair in items(value.member(member))]
        return [(name, tensor) for name, tensor in pairs if tensor]

    children = [(read_string(pair.member("first")), read_module(pair.member("second").target(), depth + 1))
                for pair in items(value.member("children_"))]
    return Module(kind=kind, training=bool(value.member("training_").integer()), children=children,
                  parameters=named_tensors("parameters_"), buffers=named_tensors("buffers_"))


# ---- elements --------------------------------------------------------------------------------------------------------

def decode(dtype, raw):
    """Bytes as a sequence of Python numbers."""
    code, size = next((code, size) for name, size, code in DTYPES if name == dtype)
    count = len(raw) // size
    if dtype == "bfloat16":   # the upper half of a float32
        bits = struct.unpack(f"<{count}H", raw)
        return struct.unpack(f"<{count}f", struct.pack(f"<{count}I", *(b << 16 for b in bits)))
    return struct.unpack(f"<{count}{code}", raw)


def row_major(shape, strides, start):
    """The place of each element in the storage, the last dimension fastest."""
    offsets = [start]
    for size, stride in zip(shape, strides):
        offsets = [offset + i * stride for offset in offsets for i in range(size)]
    return offsets


def is_contiguous(tensor):
    expected = 1
    for size, stride in reversed(list(zip(tensor.shape, tensor.strides))):
        if size != 1 and stride != expected:
            return False
        expected *= size
    return True


def elements(tensor, offsets):
    """The numbers at these places of the storage, which must lie inside it."""
    if not offsets:
        return []
    size = next(size for name, size, _ in DTYPES if name == tensor.dtype)
    low, high = min(offsets), max(offsets) + 1
    require(tensor.data and 0 <= low and high * size <= tensor.storage_bytes)
    if len(offsets) <= 16:    # perhaps far apart
        return [decode(tensor.dtype, tensor.read(tensor.data + o * size, size))[0] for o in offsets]
    require((high - low) * size <= READ_AT_ONCE)
    block = decode(tensor.dtype, tensor.read(tensor.data + low * size, (high - low) * size))
    return block if isinstance(offsets, range) else [block[o - low] for o in offsets]


def all_elements(tensor):
    if is_contiguous(tensor):
        return elements(tensor, range(tensor.offset, tensor.offset + math.prod(tensor.shape)))
    return elements(tensor, row_major(tensor.shape, tensor.strides, tensor.offset))


def first_elements(tensor, count):
    """The first ones in row-major order; as few dimensions as hold them are walked."""
    sizes = list(tensor.shape)
    if 0 in sizes:
        return []
    needed = count
    for d in reversed(range(len(sizes))):
        sizes[d] = min(sizes[d], needed)
        needed = -(-needed // sizes[d])
    return elements(tensor, row_major(sizes, tensor.strides, tensor.offset)[:count])


# ---- text ------------------------------------------------------------------------------------------------------------

def shape_text(shape):
    return "[" + ",".join(map(str, shape)) + "]"


def number_text(value):
    return f"{value:.5g}" if isinstance(value, float) else str(value)


def values_text(tensor):
    try:
        values = " ".join(map(number_text, first_elements(tensor, FIRST_VALUES)))
    except Exception:   # the header makes sense even where the memory has gone
        return f"values {UNREADABLE}"
    return f"values {values}" + " ..." * (math.prod(tensor.shape) > FIRST_VALUES) if values else "no values"


def tensor_text(tensor):
    """`Tensor float32 [8,3,32,32] cpu, values 0.1 0.2 0.3 ..., requires_grad, made by conv2d`."""
    if tensor is None:
        return "undefined tensor"
    text = f"Tensor {tensor.dtype} {shape_text(tensor.shape)} {tensor.device}, {values_text(tensor)}"
    text += ", requires_grad" if tensor.requires_grad else ""
    return text + (f", made by {tensor.made_by}" if tensor.made_by else "")


def node_text(node):
    """`conv2d #12, output float32 [8,16,32,32], inputs leaf #3, leaf #4, -`."""
    text = f"{node.name} #{node.sequence}, output {node.dtype} {shape_text(node.shape)}"
    return text + (f", inputs {', '.join(node.inputs)}" if node.inputs else "")


def shared_node_text(value):
    target = pointer(value)
    return node_text(read_node(target.target())) if target.integer() else "no node"


def own_tensors_text(module):
    return ", ".join(f"{name} {shape_text(tensor.shape)}" for name, tensor in module.parameters + module.buffers)


def module_text(module):
    """`Conv2d, weight [32,1,3,3], bias [32]`; `LeNet, 61706 parameters, training: conv1 Conv2d, conv2 Conv2d, ...`."""
    text = module.kind
    if module.parameters or module.buffers:
        text += ", " + own_tensors_text(module)
    if module.children:
        names = [f"{name} {child.kind}" for name, child in module.children]
        text += f", {module.parameter_count()} parameters, {'training' if module.training else 'eval'}: "
        text += ", ".join(names[:MAX_RANK] + ["..."] * (len(names) > MAX_RANK))
    return text


def shared_module_text(value):
    target = pointer(value)
    return module_text(read_module(target.target())) if target.integer() else "no module"


def storage_text(value):
    return (f"Storage {value.member('bytes_').integer()} bytes {read_device(value.member('device_'))} at "
            f"{value.member('data_').integer():#x}, version {value.member('version_').integer()}")


def saved_text(value):
    tensor = read_tensor(value.member("tensor_"))
    text = "freed by backward" if value.member("released_").integer() else tensor_text(tensor)
    changed = tensor is not None and tensor.version != value.member("version_").integer()
    return f"{text}, saved as {read_c_string(value.member('name_'))}" + ", CHANGED IN PLACE SINCE" * changed


def half_text(dtype):
    def text(value):
        return number_text(decode(dtype, struct.pack("<H", value.member("bits").integer()))[0])
    return text


SUMMARIES = {   # by the name of the C++ type
    "helder::Tensor": lambda value: tensor_text(read_tensor(value)),
    "helder::TensorImpl": lambda value: tensor_text(read_tensor_impl(value)),
    "helder::Saved": saved_text,
    "helder::Storage": storage_text,
    "helder::Module": lambda value: module_text(read_module(value)),
    "helder::Shape": lambda value: shape_text(read_shape(value)),
    "helder::DType": read_dtype,
    "helder::Device": read_device,
    "helder::Float16": half_text("float16"),
    "helder::BFloat16": half_text("bfloat16"),
}


def guarded(text, value):
    """`text(value)`, or `<unreadable>`: a printer must never stop the debugger's own work."""
    try:
        return text(value)
    except Exception:   # whatever the debugger raises for memory that is not there, or values that are optimised out
        return UNREADABLE
