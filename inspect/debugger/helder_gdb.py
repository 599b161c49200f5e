"""Printers and commands for gdb, which make tensors, autograd nodes and modules readable.

    (gdb) source inspect/debugger/helder_gdb.py      (./helder debug does this)
    (gdb) print x                                    Tensor float32 [8,3,32,32] cpu, values 0.1 0.2 0.3 ..., made by conv2d
    (gdb) tensor x                                   its strides, statistics and numbers
    (gdb) tensor-image x 4 0                         draws image 4, channel 0
    (gdb) module net                                 the modules in it, with the shapes of their parameters
    (gdb) graph loss                                 the ops that made it, and what each saved
    (gdb) break Conv2dNode::backward                 wherever the op's namespace is

Memory is read, and no function of the program is called: `print/r x` shows the plain members.
"""

import os
import re
import sys

import gdb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import helder_format as fmt   # noqa: E402
import helder_report as report   # noqa: E402


class Value:
    """A gdb.Value as helder_format wants it."""

    def __init__(self, value):
        self.value = value

    def member(self, *names):
        for name in names:
            try:
                return Value(self.value[name])
            except gdb.error:
                continue
        raise fmt.Unreadable

    def integer(self):
        return int(self.value)

    def address(self):
        fmt.require(self.value.address is not None)   # in a register, or optimised out
        return int(self.value.address)

    def target(self):
        return Value(self.value.dereference())

    def at(self, type_name, address):
        pointer = gdb.lookup_type(type_name).pointer()
        return Value(gdb.Value(address).cast(pointer).dereference())

    def read(self, address, size):
        return bytes(gdb.selected_inferior().read_memory(address, size))

    def element_type(self):
        return self.value.type.strip_typedefs().template_argument(0)

    def element_size(self):
        return self.element_type().sizeof

    def element(self, address):
        return Value(gdb.Value(address).cast(self.element_type().pointer()).dereference())

    def text(self):
        raise fmt.Unreadable

    def class_name(self):
        vtable = int.from_bytes(self.read(self.address(), 8), "little")
        found = re.match(r"vtable for (.*) \+ \d+ in ", gdb.execute(f"info symbol {vtable:#x}", to_string=True))
        fmt.require(found)
        return found[1]


# ---- printers --------------------------------------------------------------------------------------------------------

class Summary:
    """Prints a value as one line."""

    def __init__(self, value, text):
        self.value, self.text = value, text

    def to_string(self):
        return fmt.guarded(self.text, Value(self.value))


class NodeSummary(Summary):
    """A node's line, and then the members of its own struct: what the op saved, its geometry."""

    def __init__(self, value):
        try:
            value = value.cast(value.dynamic_type)   # read from the vtable
        except gdb.error:
            pass
        super().__init__(value, lambda node: fmt.node_text(fmt.read_node(node)))

    def children(self):
        if self.to_string() == fmt.UNREADABLE:
            return
        for field in self.value.type.strip_typedefs().fields():
            if not field.is_base_class and hasattr(field, "bitpos"):   # static members have no place in the struct
                yield field.name, self.value[field]


def derives_from(base, type_):
    type_ = type_.strip_typedefs().unqualified()
    if type_.code != gdb.TYPE_CODE_STRUCT:
        return False
    return type_.name == base or any(
        derives_from(base, field.type) for field in type_.fields() if field.is_base_class)


def plain(value):
    """What a reference refers to."""
    is_reference = value.type.strip_typedefs().code in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF)
    return value.referenced_value() if is_reference else value


def printer_of(value):
    """gdb asks this for every value that it prints; None leaves the value to others."""
    value = plain(value)
    type_ = value.type.strip_typedefs().unqualified()
    name = type_.name or ""
    if name in fmt.SUMMARIES:
        return Summary(value, fmt.SUMMARIES[name])
    if name.startswith("std::shared_ptr<"):
        if derives_from("helder::Node", type_.template_argument(0)):
            return Summary(value, fmt.shared_node_text)
        if derives_from("helder::Module", type_.template_argument(0)):
            return Summary(value, fmt.shared_module_text)
    if derives_from("helder::Module", type_):
        return Summary(value, fmt.SUMMARIES["helder::Module"])
    return NodeSummary(value) if derives_from("helder::Node", type_) else None


def install(_event=None):
    """gdb asks the printers of the program's own file first, before libstdc++'s, which print any shared_ptr."""
    files = gdb.objfiles()
    if files and printer_of not in files[0].pretty_printers:
        files[0].pretty_printers.insert(0, printer_of)


# ---- commands --------------------------------------------------------------------------------------------------------

def value_of(expression):
    """What an expression in the program's language names, or what the pointer that it names points at."""
    try:
        value = plain(gdb.parse_and_eval(expression))
        return value.dereference() if value.type.strip_typedefs().code == gdb.TYPE_CODE_PTR else value
    except gdb.error as error:
        raise gdb.GdbError(str(error)) from None


def pointee(value):
    """What a std::shared_ptr owns; other values as they are."""
    is_shared = (value.type.strip_typedefs().name or "").startswith("std::shared_ptr<")
    return value["_M_ptr"].dereference() if is_shared else value


def tensor_of(expression):
    """The tensor that an expression names: a Tensor, what a node saved, or a pointer to one."""
    value = value_of(expression)
    name = value.type.strip_typedefs().unqualified().name
    readers = {
        "helder::Tensor": fmt.read_tensor, "helder::TensorImpl": fmt.read_tensor_impl,
        "helder::Saved": lambda saved: fmt.read_tensor(saved.member("tensor_"))}
    if name not in readers:
        raise gdb.GdbError(f"{expression} is a {value.type}, not a tensor")
    try:
        return readers[name](Value(value))
    except (fmt.Unreadable, gdb.MemoryError):
        raise gdb.GdbError(f"{expression} holds no tensor yet: its memory makes no sense") from None


class TensorCommand(gdb.Command):
    """Show a tensor: tensor EXPRESSION

Prints shape, strides, type, statistics and the numbers, shortened where there are many."""

    def __init__(self):
        super().__init__("tensor", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("tensor: which one? For example: tensor x")
        print(report.tensor_report(tensor_of(argument)))


class TensorImageCommand(gdb.Command):
    """Draw a tensor in the terminal: tensor-image EXPRESSION [INDEX ...]

Draws the last two dimensions. Each INDEX selects from one of those before them, 0 where it is left out:
`tensor-image x 4 1` draws channel 1 of image 4."""

    def __init__(self):
        super().__init__("tensor-image", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("tensor-image: which one? For example: tensor-image x 0")
        expression, indices = report.split_arguments(argument)
        columns = gdb.parameter("width") or 100
        tensor = tensor_of(expression)
        try:
            print(report.image_report(tensor, indices, columns))
        except (fmt.Unreadable, gdb.MemoryError):
            raise gdb.GdbError(f"the memory of {expression} cannot be read") from None


class ModuleCommand(gdb.Command):
    """Show a module and those in it: module EXPRESSION

Prints the tree, with the class of each module and the shapes of its parameters."""

    def __init__(self):
        super().__init__("module", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("module: which one? For example: module net")
        value = pointee(value_of(argument))
        if not derives_from("helder::Module", value.type):
            raise gdb.GdbError(f"{argument} is a {value.type}, not a module")
        try:
            print(report.module_report(fmt.read_module(Value(value))))
        except (fmt.Unreadable, gdb.MemoryError):
            raise gdb.GdbError(f"{argument} holds no module yet: its memory makes no sense") from None


class GraphCommand(gdb.Command):
    """Show the ops that made a tensor: graph EXPRESSION

The expression names a tensor, or a node of the graph. Each op stands above those that made its inputs."""

    def __init__(self):
        super().__init__("graph", gdb.COMMAND_DATA, gdb.COMPLETE_EXPRESSION)

    def invoke(self, argument, from_tty):
        if not argument:
            raise gdb.GdbError("graph: of which tensor? For example: graph loss")
        value = pointee(value_of(argument))
        try:
            if value.type.strip_typedefs().unqualified().name == "helder::Tensor":
                node = fmt.node_of_tensor(Value(value))
            elif derives_from("helder::Node", value.type):
                node = Value(value)
            else:
                raise gdb.GdbError(f"{argument} is a {value.type}, neither a tensor nor a node")
            print(report.graph_report(node))
        except (fmt.Unreadable, gdb.MemoryError):
            raise gdb.GdbError(f"{argument} holds no graph yet: its memory makes no sense") from None


install()
gdb.events.new_objfile.connect(install)
TensorCommand()
TensorImageCommand()
ModuleCommand()
GraphCommand()
gdb.execute("skip -rfu ^(std|fmt|__gnu_cxx)::", to_string=True)   # `step` goes into Helder, not into a shared_ptr
