"""XMP packets as trees: read without following what a hostile file asks for, written without losing anything.

The standard library's ``minidom`` keeps prefixes, comments and processing instructions, which ``ElementTree`` does
not, but writes line breaks in attributes as spaces (before Python 3.13) and knows nothing of hostile input.
"""

from __future__ import annotations

import codecs
from xml.dom import minidom
from xml.parsers import expat

MAX_BYTES = 32 << 20
"""Longer packets are not read: photo programs write some kilobytes, with editing history some hundred."""

_MAX_DEPTH = 100
_TEXT_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", "\r": "&#13;"})
_ATTRIBUTE_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\t": "&#9;", "\n": "&#10;", "\r": "&#13;"}
)


class UnreadableXmpError(Exception):
    """A packet is not one that can be changed without harm; its text is a short clause for people."""


def read_tree(packet: bytes) -> minidom.Document:
    """Read a packet in any encoding of XML.

    Raises:
        UnreadableXmpError: It is no well-formed XML, or holds what XMP never holds: a document type, which could name
            other files or grow without end, or nesting beyond reason.
    """
    if len(packet) > MAX_BYTES:
        raise UnreadableXmpError("it is too long")
    if not packet.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        packet = packet.rstrip(b"\0")
    try:
        _require_harmless(packet)
        return minidom.parseString(packet)  # noqa: S318 - nothing harmful is left in it
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise UnreadableXmpError("it is damaged") from error


def write_tree(document: minidom.Document) -> bytes:
    """Write a packet in UTF-8. What was read with :func:`read_tree` comes back with the same content."""
    parts = ['<?xml version="1.0" encoding="UTF-8"?>'] if document.version else []
    for node in document.childNodes:
        pieces: list[str] = []
        _write(node, pieces)
        parts.append("".join(pieces))
    return "\n".join(parts).encode()


def _require_harmless(packet: bytes) -> None:
    depth = 0

    def enter(_name: str, _attributes: object) -> None:
        nonlocal depth
        depth += 1
        if depth > _MAX_DEPTH:
            raise UnreadableXmpError("it is nested too deeply")

    def leave(_name: str) -> None:
        nonlocal depth
        depth -= 1

    def refuse(*_declaration: object) -> None:
        raise UnreadableXmpError("it holds a document type, which no photo program writes")

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = enter, leave
    parser.StartDoctypeDeclHandler = refuse
    parser.Parse(packet, True)


def _write(node: minidom.Node, parts: list[str]) -> None:
    if isinstance(node, minidom.Element):
        _write_element(node, parts)
    elif isinstance(node, minidom.CDATASection):
        parts.append(f"<![CDATA[{node.data}]]>")
    elif isinstance(node, minidom.Text):
        parts.append(node.data.translate(_TEXT_ESCAPES))
    elif isinstance(node, minidom.Comment):
        parts.append(f"<!--{node.data}-->")
    elif isinstance(node, minidom.ProcessingInstruction):
        parts.append(f"<?{node.target} {node.data}?>")


def _write_element(element: minidom.Element, parts: list[str]) -> None:
    # minidom reads the namespaces first: written first, too, a tree looks the same each time it is read and written.
    ordered = sorted(element.attributes.items(), key=lambda item: not item[0].startswith("xmlns"))
    attributes = "".join(f' {name}="{value.translate(_ATTRIBUTE_ESCAPES)}"' for name, value in ordered)
    if not element.childNodes:
        parts.append(f"<{element.tagName}{attributes}/>")
        return
    parts.append(f"<{element.tagName}{attributes}>")
    for child in element.childNodes:
        _write(child, parts)
    parts.append(f"</{element.tagName}>")
