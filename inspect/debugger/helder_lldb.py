"""Summaries and commands for lldb, which make tensors, autograd nodes and modules readable.

    (lldb) command script import inspect/debugger/helder_lldb.py      (./helder debug does this)
    (lldb) frame variable x                   Tensor float32 [8,3,32,32] cpu, values 0.1 0.2 0.3 ..., made by conv2d
    (lldb) tensor x                           its strides, statistics and numbers
    (lldb) tensor-image x 4 0                 draws image 4, channel 0
    (lldb) module net                         the modules in it, with the shapes of their parameters
    (lldb) graph loss                         the ops that made it, and what each saved
    (lldb) breakpoint set --name backward     stops in each op on the way back

Memory is read, and no function of the program is called: `frame variable --raw x` shows the plain members.
"""

import os
import sys

import lldb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import helder_format as fmt   # noqa: E402
import helder_report as report   # noqa: E402


class Value:
    """An lldb.SBValue as helder_format wants it."""

    def __init__(self, value):
        self.value = value.GetNonSyntheticValue()   # the plain members of the standard library's types, too

    def member(self, *names):
        for name in names:
            child = self.value.GetChildMemberWithName(name)
            if child.IsValid():
                return Value(child)
        raise fmt.Unreadable

    def integer(self):
        error = lldb.SBError()
        number = self.value.GetValueAsUnsigned(error)
        fmt.require(error.Success())
        bits = 8 * self.value.GetByteSize()
        signed = self.value.GetType().GetTypeFlags() & lldb.eTypeIsSigned
        return number - (1 << bits) if signed and number >> (bits - 1) & 1 else number

    def address(self):
        address = self.value.GetLoadAddress()
        fmt.require(address != lldb.LLDB_INVALID_ADDRESS)
        return address

    def target(self):
        return Value(self.value.Dereference())

    def at(self, type_name, address):
        target = self.value.GetTarget()
        place = lldb.SBAddress(address, target)
        return Value(target.CreateValueFromAddress(type_name, place, target.FindFirstType(type_name)))

    def read(self, address, size):
        error = lldb.SBError()
        memory = self.value.GetProcess().ReadMemory(address, size, error)
        fmt.require(error.Success() and len(memory) == size)
        return memory

    def element_type(self):
        return self.value.GetType().GetCanonicalType().GetTemplateArgumentType(0)

    def element_size(self):
        return self.element_type().GetByteSize()

    def element(self, address):
        target = self.value.GetTarget()
        return Value(target.CreateValueFromAddress("element", lldb.SBAddress(address, target), self.element_type()))

    def text(self):
        summary = self.value.GetSummary()
        fmt.require(summary and len(summary) >= 2)
        return summary[1:-1]

    def class_name(self):
        vtable = int.from_bytes(self.read(self.address(), 8), "little")
        symbol = self.value.GetTarget().ResolveLoadAddress(vtable).GetSymbol().GetName() or ""
        fmt.require(symbol.startswith("vtable for "))
        return symbol[len("vtable for "):]


def plain(value):
    """What a reference or pointer leads to."""
    kind = value.GetType().GetCanonicalType()
    return value.Dereference() if kind.IsPointerType() or kind.IsReferenceType() else value


# ---- summaries -------------------------------------------------------------------------------------------------------

def type_name(value):
    return value.GetType().GetCanonicalType().GetUnqualifiedType().GetName()


def summary(value, _):
    """Of all types in helder_format.SUMMARIES. A reference to a Module comes as the class that it was made as."""
    value = plain(value)
    text = fmt.SUMMARIES.get(type_name(value)) or fmt.SUMMARIES["helder::Module"]
    return fmt.guarded(text, Value(value))


def node_summary(value, _):
    return fmt.guarded(lambda node: fmt.node_text(fmt.read_node(node)), Value(plain(value)))


def shared_node_summary(value, _):
    return fmt.guarded(fmt.shared_node_text, Value(plain(value)))


# ---- commands --------------------------------------------------------------------------------------------------------

def variable(debugger, path):
    """What a path names, behind references, pointers and a std::shared_ptr."""
    frame = debugger.GetSelectedTarget().GetProcess().GetSelectedThread().GetSelectedFrame()
    value = frame.GetValueForVariablePath(path)
    if not value.IsValid() or value.GetError().Fail():
        raise LookupError(f"there is no {path} here")
    value = plain(value)
    if type_name(value).startswith("std::shared_ptr<"):
        value = fmt.pointer(Value(value)).target().value
    return value


def derives_from(base, kind):
    kind = kind.GetCanonicalType().GetUnqualifiedType()
    return kind.GetName() == base or any(
        derives_from(base, kind.GetDirectBaseClassAtIndex(i).GetType()) for i in range(kind.GetNumberOfDirectBaseClasses()))


def tensor_of(debugger, expression):
    """The tensor that a path (`x`, `this->x`, `list[2]`) names, or an error's text."""
    value = variable(debugger, expression)
    readers = {
        "helder::Tensor": fmt.read_tensor, "helder::TensorImpl": fmt.read_tensor_impl,
        "helder::Saved": lambda saved: fmt.read_tensor(saved.member("tensor_"))}
    if type_name(value) not in readers:
        raise LookupError(f"{expression} is a {type_name(value)}, not a tensor")
    try:
        return readers[type_name(value)](Value(value))
    except fmt.Unreadable:
        raise LookupError(f"{expression} holds no tensor yet: its memory makes no sense") from None


def tensor(debugger, argument, result, _):
    """tensor PATH: prints shape, strides, type, statistics and the numbers, shortened where there are many."""
    try:
        result.AppendMessage(report.tensor_report(tensor_of(debugger, argument.strip())))
    except LookupError as error:
        result.SetError(str(error))


def tensor_image(debugger, argument, result, _):
    """tensor-image PATH [INDEX ...]: draws the last two dimensions in the terminal.

    Each INDEX selects from one of the dimensions before them, 0 where it is left out."""
    try:
        path, indices = report.split_arguments(argument)
        columns = debugger.GetTerminalWidth() or 100
        result.AppendMessage(report.image_report(tensor_of(debugger, path), indices, columns))
    except fmt.Unreadable:
        result.SetError(f"the memory of {argument} cannot be read")
    except LookupError as error:
        result.SetError(str(error))


def module(debugger, argument, result, _):
    """module PATH: the tree of modules, with the class of each and the shapes of its parameters."""
    try:
        value = variable(debugger, argument.strip())
        if not derives_from("helder::Module", value.GetType()):
            raise LookupError(f"{argument} is a {type_name(value)}, not a module")
        result.AppendMessage(report.module_report(fmt.read_module(Value(value))))
    except fmt.Unreadable:
        result.SetError(f"{argument} holds no module yet: its memory makes no sense")
    except LookupError as error:
        result.SetError(str(error))


def graph(debugger, argument, result, _):
    """graph PATH: the ops that made a tensor, or a node's; each stands above those that made its inputs."""
    try:
        value = variable(debugger, argument.strip())
        if type_name(value) == "helder::Tensor":
            node = fmt.node_of_tensor(Value(value))
        elif derives_from("helder::Node", value.GetType()):
            node = Value(value)
        else:
            raise LookupError(f"{argument} is a {type_name(value)}, neither a tensor nor a node")
        result.AppendMessage(report.graph_report(node))
    except fmt.Unreadable:
        result.SetError(f"{argument} holds no graph yet: its memory makes no sense")
    except LookupError as error:
        result.SetError(str(error))


def __lldb_init_module(debugger, _):
    def run(command):
        debugger.HandleCommand(command)

    for name in set(fmt.SUMMARIES) - {"helder::DType", "helder::Device"}:   # lldb shows an enumerator's own name
        run(f"type summary add -w helder -F {__name__}.summary {name}")
    # The struct of each op, with its members below the summary.
    run(f"type summary add -w helder -e -F {__name__}.node_summary -x '^helder::(.*::)?[A-Za-z0-9]*Node$'")
    run(f"type summary add -w helder -F {__name__}.node_summary helder::AccumulateGrad")
    run(f"type summary add -w helder -F {__name__}.shared_node_summary -x '^std::(.*::)?shared_ptr<helder::Node>$'")
    run("type category enable helder")
    run(f"command script add -f {__name__}.tensor tensor")
    run(f"command script add -f {__name__}.tensor_image tensor-image")
    run(f"command script add -f {__name__}.module module")
    run(f"command script add -f {__name__}.graph graph")
    run("settings set target.process.thread.step-avoid-regexp ^(std|fmt|__gnu_cxx)::")
