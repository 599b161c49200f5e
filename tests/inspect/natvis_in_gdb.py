"""Reads helder.natvis in gdb, whose expressions are C++'s as well: the command `natvis EXPRESSION` shows a value as Visual
Studio would. What is there for Microsoft's standard library has to be what is there for GNU's, under its names.
"""

import os
import re
import xml.etree.ElementTree as ElementTree

import gdb

NAMES = {"_M_ptr": "_Ptr", "_M_elems": "_Elems"}   # GNU's, and Microsoft's
FILE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../inspect/debugger/helder.natvis")

ROOT = ElementTree.parse(FILE).getroot()
for element in ROOT.iter():
    element.tag = element.tag.split("}")[-1]
TYPES = {element.get("Name"): element for element in ROOT.iter("Type")}


def check_both_libraries():
    for shown in TYPES.values():
        gnu, microsoft = [], []
        for element in shown.iter():
            text = f"{element.tag} {sorted(element.attrib.items())} {''.join(element.itertext())}"
            if any(name in text for name in NAMES):
                for name, other in NAMES.items():
                    text = text.replace(name, other)
                gnu.append(text)
            elif re.search(r"\b(_Ptr|_Elems)\b", text):
                microsoft.append(text)
        leaves = [text for text in gnu if not text.startswith(("Type", "Expand "))]
        if leaves != microsoft:
            raise gdb.GdbError(f"natvis: {shown.get('Name')} differs between libraries: {leaves} {microsoft}")


def fields(type_):
    for field in type_.strip_typedefs().fields():
        if field.is_base_class:
            yield from fields(field.type)
        else:
            yield field.name


def natvis_type(type_):
    type_ = type_.strip_typedefs().unqualified()
    if type_.name in TYPES:
        return TYPES[type_.name]
    bases = [f.type for f in type_.fields() if f.is_base_class] if type_.code == gdb.TYPE_CODE_STRUCT else []
    found = [natvis_type(base) for base in bases]
    return next((t for t in found if t is not None and t.get("Inheritable") == "true"), None)


def evaluate(expression, value):
    """An expression whose names are members of the value."""
    own = set(fields(value.type))
    here = f"(*({value.type.strip_typedefs().unqualified()}*){int(value.address)})"
    words = re.sub(r"(?<![\w.:>])([A-Za-z_]\w*)", lambda m: f"{here}.{m[1]}" if m[1] in own else m[1], expression)
    return gdb.parse_and_eval(words)


def holds(element, value):
    return element.get("Condition") is None or bool(evaluate(element.get("Condition"), value))


def filled(text, value):
    def part(match):
        expression, _, form = match[1].partition(",")
        result = evaluate(expression, value)
        return result.string() if form == "sb" else show(result)
    return re.sub(r"\{([^}]*)\}", part, text)


def show(value):
    shown = natvis_type(value.type)
    if shown is None:
        text = value.format_string(raw=True)
        return text.split("::")[-1] if value.type.strip_typedefs().code == gdb.TYPE_CODE_ENUM else text
    for element in shown.findall("DisplayString"):
        try:
            if holds(element, value):
                return filled(element.text, value)
        except gdb.error:
            if element.get("Optional") != "true":
                raise
    raise gdb.GdbError(f"natvis: nothing fits a {value.type}")


def items(value):
    shown = natvis_type(value.type)
    for element in shown.find("Expand") if shown is not None and shown.find("Expand") is not None else []:
        try:
            if not holds(element, value):
                continue
            if element.tag == "ArrayItems":
                start = evaluate(element.find("ValuePointer").text, value)
                for i in range(int(evaluate(element.find("Size").text, value))):
                    yield f"[{i}]", show(start[i])
                continue
            inner = evaluate(element.text, value)
            if element.tag == "ExpandedItem":
                yield from items(inner)
            elif inner.type.strip_typedefs().code != gdb.TYPE_CODE_STRUCT or natvis_type(inner.type) is not None:
                yield element.get("Name"), show(inner)
            else:
                yield element.get("Name"), str(inner.type.strip_typedefs()).split("<")[0]
        except gdb.error:
            if element.get("Optional") != "true":
                raise


class Natvis(gdb.Command):
    """natvis EXPRESSION"""

    def __init__(self):
        super().__init__("natvis", gdb.COMMAND_DATA)

    def invoke(self, argument, from_tty):
        value = gdb.parse_and_eval(argument)
        if value.type.strip_typedefs().code == gdb.TYPE_CODE_REF:
            value = value.referenced_value()
        print(f"{argument}: {show(value)}")
        for name, text in items(value):
            print(f"  {name} = {text}")


check_both_libraries()
Natvis()
