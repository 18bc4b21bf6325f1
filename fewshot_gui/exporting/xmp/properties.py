"""Finding, adding and removing the properties of an XMP tree.

What is added is taken away again without a trace: whoever adds and removes gets back the tree that there was.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple
from xml.dom import XMLNS_NAMESPACE, minidom

from fewshot_gui.exporting.xmp.tree import UnreadableXmpError

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


class Name(NamedTuple):
    """The name of a property, and the prefix under which it is declared where it is new."""

    namespace: str
    prefix: str
    local: str


def require_rdf(document: minidom.Document) -> minidom.Element:
    """The element that holds all properties.

    Raises:
        UnreadableXmpError: There is none, so this is no XMP.
    """
    found = document.getElementsByTagNameNS(RDF, "RDF")
    if not found:
        raise UnreadableXmpError("it is not XMP")
    element: minidom.Element = found[0]
    if not element.prefix:
        raise UnreadableXmpError("it is written in a way that no photo program uses")
    return element


def descriptions(rdf: minidom.Element) -> list[minidom.Element]:
    """The groups in which the properties of the photo stand."""
    return [child for child in _elements(rdf) if (child.namespaceURI, child.localName) == (RDF, "Description")]


def find(rdf: minidom.Element, name: Name) -> minidom.Element | None:
    """The property of that name written as an element, if there is one.

    Raises:
        UnreadableXmpError: It is written as an attribute, so it can't be a list.
    """
    for description in descriptions(rdf):
        if description.hasAttributeNS(name.namespace, name.local):
            raise UnreadableXmpError(f"its {name.prefix}:{name.local} is not a list")
        for child in _elements(description):
            if (child.namespaceURI, child.localName) == (name.namespace, name.local):
                return child
    return None


def items(prop: minidom.Element) -> list[minidom.Element]:
    """The entries of a property that is a list.

    Raises:
        UnreadableXmpError: It is no list.
    """
    return [child for child in _elements(_container(prop)) if (child.namespaceURI, child.localName) == (RDF, "li")]


def text(element: minidom.Element) -> str:
    """The text of an element, without surrounding space."""
    return "".join(child.data for child in element.childNodes if isinstance(child, minidom.Text)).strip()


def add_description(rdf: minidom.Element) -> minidom.Element:
    """Add an empty group of properties of the same photo."""
    others = descriptions(rdf)
    element = _element(rdf, RDF, f"{rdf.prefix}:Description")
    about = others[0].getAttributeNS(RDF, "about") if others else ""
    element.setAttributeNS(RDF, f"{rdf.prefix}:about", about)
    append(rdf, element)
    _close_on_new_line(element)
    return element


def add_text(description: minidom.Element, name: Name, value: str) -> None:
    """Add a property with one value."""
    element = _declared(description, name)
    element.appendChild(_text_node(description, value))
    append(description, element)


def add_list(description: minidom.Element, name: Name, kind: str) -> minidom.Element:
    """Add a property that is an empty list; ``kind`` is ``"Bag"`` (no order) or ``"Seq"`` (ordered)."""
    rdf_prefix = description.prefix
    element = _declared(description, name)
    append(description, element)
    container = _element(description, RDF, f"{rdf_prefix}:{kind}")
    append(element, container)
    _close_on_new_line(element)
    _close_on_new_line(container)
    return element


def add_item(prop: minidom.Element, value: str) -> None:
    """Add an entry to a property that is a list."""
    container = _container(prop)
    entry = _element(container, RDF, f"{container.prefix}:li" if container.prefix else "li")
    entry.appendChild(_text_node(container, value))
    append(container, entry)


def append(parent: minidom.Element, child: minidom.Element) -> None:
    """Add ``child`` as the last element of ``parent``, on a line of its own."""
    last = parent.lastChild
    before = last if _is_space(last) else None
    parent.insertBefore(_text_node(parent, "\n" + " " * (_depth(parent) + 1)), before)
    parent.insertBefore(child, before)


def remove(child: minidom.Element) -> None:
    """Take an element away, with the space before it."""
    parent, space = child.parentNode, child.previousSibling
    assert isinstance(parent, minidom.Element)  # nothing is removed that stands above the properties
    if isinstance(space, minidom.Text) and _is_space(space):
        parent.removeChild(space)
    parent.removeChild(child)


def _close_on_new_line(element: minidom.Element) -> None:
    element.appendChild(_text_node(element, "\n" + " " * _depth(element)))


def _depth(element: minidom.Element) -> int:
    """How many elements are around this one."""
    depth, above = 0, element.parentNode
    while isinstance(above, minidom.Element):
        depth, above = depth + 1, above.parentNode
    return depth


def _container(prop: minidom.Element) -> minidom.Element:
    for child in _elements(prop):
        if child.namespaceURI == RDF and child.localName in {"Bag", "Seq", "Alt"}:
            return child
    raise UnreadableXmpError(f"its {prop.tagName} is not a list")


def _elements(parent: minidom.Element) -> Iterator[minidom.Element]:
    return (child for child in parent.childNodes if isinstance(child, minidom.Element))


def _is_space(node: minidom.Node | None) -> bool:
    return isinstance(node, minidom.Text) and not node.data.strip()


def _declared(description: minidom.Element, name: Name) -> minidom.Element:
    """A new element with a prefix that stands for its namespace in ``description``."""
    description.setAttributeNS(XMLNS_NAMESPACE, f"xmlns:{name.prefix}", name.namespace)
    return _element(description, name.namespace, f"{name.prefix}:{name.local}")


def _element(near: minidom.Element, namespace: str, tag: str) -> minidom.Element:
    document = near.ownerDocument
    assert document is not None
    return document.createElementNS(namespace, tag)


def _text_node(near: minidom.Element, value: str) -> minidom.Text:
    document = near.ownerDocument
    assert document is not None
    return document.createTextNode(value)
