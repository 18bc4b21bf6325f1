"""The label of a photo as photo programs keep it: keywords, and beside them how sure they are and who decided.

The keywords stand where Lightroom, Bridge, Capture One and Windows (``dc:subject``, ``lr:hierarchicalSubject``) and
digiKam and Immich (``digiKam:TagsList``) look for them. ``xmp:Label`` is left alone: it is a person's colour mark. No
standard has a place for the confidence of a keyword, so that stands in a namespace of our own, which programs keep
without understanding it. There we also remember which keywords we have added, to take back those and no others.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from xml.dom import minidom

from fewshot_gui.exporting.xmp.properties import (
    Name,
    add_description,
    add_item,
    add_list,
    add_text,
    descriptions,
    find,
    items,
    remove,
    require_rdf,
    text,
)
from fewshot_gui.exporting.xmp.tree import read_tree, write_tree

NAMESPACE = "urn:fewshot-gui:xmp:1.0/"
"""Of what only this program writes."""

_TOOLKIT = "fewshot-gui"
_EMPTY = f"""\
<?xpacket begin="﻿" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="{_TOOLKIT}">
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
 </rdf:RDF>
</x:xmpmeta>
<?xpacket end="w"?>""".encode()


@dataclass(frozen=True)
class KeywordField:
    """A list of keywords that photo programs read.

    Attributes:
        name: Of the property.
        kind: Its kind of list.
        separator: Between the levels of a keyword, or empty where keywords have no levels.
        added: Our property that remembers what we have added to it.
    """

    name: Name
    kind: str
    separator: str
    added: Name


_FIELDS = (
    KeywordField(
        Name("http://purl.org/dc/elements/1.1/", "dc", "subject"), "Bag", "", Name(NAMESPACE, "fewshot", "AddedSubject")
    ),
    KeywordField(
        Name("http://ns.adobe.com/lightroom/1.0/", "lr", "hierarchicalSubject"),
        "Bag",
        "|",
        Name(NAMESPACE, "fewshot", "AddedHierarchicalSubject"),
    ),
    KeywordField(
        Name("http://www.digikam.org/ns/1.0/", "digiKam", "TagsList"),
        "Seq",
        "/",
        Name(NAMESPACE, "fewshot", "AddedTagsList"),
    ),
)


@dataclass(frozen=True)
class LabelMetadata:
    """What is to be said of one photo.

    Attributes:
        label: The class name; the keyword.
        above: The levels of keywords that stand above it, the highest first.
        confidence: Calibrated probability that the label is right, 0..1; ``None`` if a person decided.
        by_person: Whether a person gave or confirmed the label.
        decided_by: Who or what that was, or empty.
        decided_at: When, in ISO 8601, or empty.
    """

    label: str
    above: tuple[str, ...] = ()
    confidence: float | None = None
    by_person: bool = False
    decided_by: str = ""
    decided_at: str = ""


def with_label(packet: bytes | None, metadata: LabelMetadata | None) -> bytes | None:
    """Put a label into a packet, in place of the one that was put there before, and keep everything else.

    Args:
        packet: What there is, if anything.
        metadata: ``None`` takes the label back.

    Returns:
        The packet in UTF-8; ``None`` if it would say nothing and is not one that another program made. A packet that
        says the same already is returned as it is.

    Raises:
        UnreadableXmpError: The packet can't be changed without harm.
    """
    if packet is None and metadata is None:
        return None
    document = read_tree(_EMPTY if packet is None else packet)
    rdf = require_rdf(document)
    before = write_tree(document)
    _take_back(rdf)
    if metadata is not None:
        _add(rdf, metadata)
    elif not descriptions(rdf) and _is_our_own(document):
        return None
    after = write_tree(document)
    return packet if packet is not None and after == before else after


def holds_label(packet: bytes) -> bool:
    """Whether :func:`with_label` has put a label into this packet.

    Raises:
        UnreadableXmpError: The packet can't be read.
    """
    return any(True for _ in _ours(require_rdf(read_tree(packet))))


def _add(rdf: minidom.Element, metadata: LabelMetadata) -> None:
    ours = add_description(rdf)
    for field in _FIELDS:
        keyword = _keyword(metadata, field.separator)
        prop = find(rdf, field.name) or add_list(ours, field.name, field.kind)
        if keyword not in map(text, items(prop)):
            add_item(prop, keyword)
            add_item(add_list(ours, field.added, "Bag"), keyword)
    facts = {
        "Label": _legal(metadata.label),
        "Confidence": "" if metadata.confidence is None else f"{metadata.confidence:.4f}",
        "Confirmed": str(metadata.by_person),  # "True" and "False", as XMP writes them
        "DecidedBy": _legal(metadata.decided_by),
        "DecidedAt": _legal(metadata.decided_at),
    }
    for local, value in facts.items():
        if value:
            add_text(ours, Name(NAMESPACE, "fewshot", local), value)


def _take_back(rdf: minidom.Element) -> None:
    holders = {id(prop.parentNode): prop.parentNode for prop in _ours(rdf)}
    for field in _FIELDS:
        added = find(rdf, field.added)
        prop = find(rdf, field.name)
        if added is None or prop is None:
            continue
        keywords = set(map(text, items(added)))
        for item in items(prop):
            if text(item) in keywords:
                remove(item)
        # A list that another program began, elsewhere, is left even if nothing is in it now.
        if not items(prop) and id(prop.parentNode) in holders:
            remove(prop)
    for prop in list(_ours(rdf)):
        if prop.parentNode is not None:
            remove(prop)
    for description in descriptions(rdf):
        _forget_attributes(description)
        if id(description) in holders and _says_nothing(description):
            remove(description)


def _ours(rdf: minidom.Element) -> Iterator[minidom.Element]:
    """The properties that are of our own namespace, written as elements."""
    for description in descriptions(rdf):
        for child in description.childNodes:
            if isinstance(child, minidom.Element) and child.namespaceURI == NAMESPACE:
                yield child


def _forget_attributes(description: minidom.Element) -> None:
    # Lightroom and exiv2 write simple properties as attributes, ours among them.
    for attribute in list(description.attributes.values()):
        if attribute.namespaceURI == NAMESPACE:
            description.removeAttributeNode(attribute)


def _says_nothing(description: minidom.Element) -> bool:
    if any(isinstance(child, minidom.Element) for child in description.childNodes):
        return False
    return all(name.startswith("xmlns") or name.endswith(":about") for name in description.attributes.keys())  # noqa: SIM118 - not a dict: without keys() it gives no names


def _is_our_own(document: minidom.Document) -> bool:
    root = document.documentElement
    return root is not None and root.getAttributeNS("adobe:ns:meta/", "xmptk") == _TOOLKIT


def _keyword(metadata: LabelMetadata, separator: str) -> str:
    if not separator:
        return _legal(metadata.label)
    levels = (*metadata.above, metadata.label)
    return separator.join(_legal(level).replace(separator, "-") for level in levels)


def _legal(value: str) -> str:
    """Without the characters that XML can't hold, and without space around it."""
    return "".join(
        character
        for character in value
        if character >= " " and not "\ud800" <= character <= "\udfff" and character not in "￾￿"
    ).strip()
