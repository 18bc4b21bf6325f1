"""Labels in XMP packets."""

from __future__ import annotations

import dataclasses
import random
from xml.etree import ElementTree as ET

import pytest

from fewshot_gui.exporting.xmp.label import LabelMetadata, holds_label, with_label
from fewshot_gui.exporting.xmp.tree import MAX_BYTES, UnreadableXmpError, read_tree, write_tree

FOX = LabelMetadata("狐 fox", ("Animals",), 0.93125, decided_by="ridge on Fast", decided_at="2026-05-01T12:00:00+00:00")
ANNA = LabelMetadata("Écureuil", by_person=True, decided_by="Anna")

_RDF = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_FIELDS = {
    "subject": "{http://purl.org/dc/elements/1.1/}subject",
    "hierarchical": "{http://ns.adobe.com/lightroom/1.0/}hierarchicalSubject",
    "tags": "{http://www.digikam.org/ns/1.0/}TagsList",
}
_OURS = "{urn:fewshot-gui:xmp:1.0/}"

LIGHTROOM = """\
<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>
<x:xmpmeta xmlns:x="adobe:ns:meta/" x:xmptk="Adobe XMP Core 7.0">
 <!-- a remark -->
 <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
  <rdf:Description rdf:about="uuid:1"
    xmlns:xmp="http://ns.adobe.com/xap/1.0/"
    xmlns:dc="http://purl.org/dc/elements/1.1/"
    xmlns:lr="http://ns.adobe.com/lightroom/1.0/"
    xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"
   xmp:Rating="4" xmp:Label="Rot" crs:ToneCurve="0,&#xA;1&#9;2" crs:Note="&lt;&quot;&amp;">
   <dc:subject>
    <rdf:Bag>
     <rdf:li>Wald &amp; Wiese</rdf:li>
     <rdf:li>2024</rdf:li>
    </rdf:Bag>
   </dc:subject>
   <lr:hierarchicalSubject><rdf:Bag><rdf:li>Orte|Wald &amp; Wiese</rdf:li></rdf:Bag></lr:hierarchicalSubject>
   <crs:Curve><rdf:Seq><rdf:li>0, 0</rdf:li><rdf:li><![CDATA[<255>]]></rdf:li></rdf:Seq></crs:Curve>
  </rdf:Description>
 </rdf:RDF>
</x:xmpmeta>

<?xpacket end="w"?>""".encode()


def keywords(packet: bytes) -> dict[str, list[str | None]]:
    """The keywords of a packet, by an XML reader of other make."""
    tree = ET.fromstring(packet)
    return {name: [item.text for item in tree.iterfind(f".//{tag}/*/{_RDF}li")] for name, tag in _FIELDS.items()}


def facts(packet: bytes) -> dict[str, str | None]:
    tree = ET.fromstring(packet)
    return {e.tag.removeprefix(_OURS): e.text for e in tree.iter() if e.tag.startswith(_OURS) and not len(e)}


def _put(packet: bytes | None, metadata: LabelMetadata | None) -> bytes:
    changed = with_label(packet, metadata)
    assert changed is not None
    return changed


def test_a_label_becomes_keywords_where_programs_look_for_them() -> None:
    packet = _put(None, FOX)
    assert keywords(packet) == {"subject": ["狐 fox"], "hierarchical": ["Animals|狐 fox"], "tags": ["Animals/狐 fox"]}
    assert facts(packet) == {
        "Label": "狐 fox",
        "Confidence": "0.9313",
        "Confirmed": "False",
        "DecidedBy": "ridge on Fast",
        "DecidedAt": "2026-05-01T12:00:00+00:00",
    }
    assert facts(_put(None, ANNA)) == {"Label": "Écureuil", "Confirmed": "True", "DecidedBy": "Anna"}


def test_a_separator_in_a_class_name_makes_no_further_level() -> None:
    found = keywords(_put(None, LabelMetadata("red/grey|black", ("a/b",))))
    assert found == {
        "subject": ["red/grey|black"],
        "hierarchical": ["a/b|red/grey-black"],
        "tags": ["a-b/red-grey|black"],
    }


def test_what_others_wrote_stays_and_comes_back_untouched() -> None:
    before = ET.canonicalize(LIGHTROOM, with_comments=True)
    packet = _put(LIGHTROOM, FOX)
    assert keywords(packet) == {
        "subject": ["Wald & Wiese", "2024", "狐 fox"],
        "hierarchical": ["Orte|Wald & Wiese", "Animals|狐 fox"],
        "tags": ["Animals/狐 fox"],
    }
    assert b'xmp:Label="Rot"' in packet
    assert b'crs:ToneCurve="0,&#10;1&#9;2"' in packet
    assert b"<!-- a remark -->" in packet
    assert packet.count(b'rdf:about="uuid:1"') == 2
    assert ET.canonicalize(_put(packet, None), with_comments=True) == before


@pytest.mark.parametrize("start", [None, LIGHTROOM])
def test_a_corrected_label_replaces_the_one_before(start: bytes | None) -> None:
    assert _put(_put(start, FOX), ANNA) == _put(start, ANNA)


@pytest.mark.parametrize("start", [None, LIGHTROOM, LIGHTROOM.decode().encode("utf-16")])
def test_the_same_label_again_changes_no_byte(start: bytes | None) -> None:
    packet = _put(start, FOX)
    assert with_label(packet, FOX) is packet


def test_any_row_of_labels_leaves_only_the_last() -> None:
    generator = random.Random(1)
    texts = ["fox", "Wald & Wiese", "2024", "a|b", "狐", "<&>'\"", "  space  "]
    for start in (None, LIGHTROOM):
        packet = start
        for _ in range(30):
            metadata = LabelMetadata(generator.choice(texts), tuple(generator.sample(texts, generator.randrange(3))))
            packet = with_label(packet, metadata)
            assert packet == with_label(start, metadata)
        assert with_label(packet, None) == (None if start is None else _put(_put(start, FOX), None))


def test_a_keyword_that_the_person_gave_is_not_taken_away() -> None:
    named = dataclasses.replace(FOX, label="2024")
    packet = _put(LIGHTROOM, named)
    assert keywords(packet)["subject"] == ["Wald & Wiese", "2024"]
    assert keywords(_put(packet, ANNA))["subject"] == ["Wald & Wiese", "2024", "Écureuil"]


def test_our_packet_vanishes_and_another_programs_stays() -> None:
    assert with_label(_put(None, FOX), None) is None
    assert with_label(None, None) is None
    assert with_label(LIGHTROOM, None) is LIGHTROOM
    assert holds_label(_put(LIGHTROOM, FOX))
    assert not holds_label(LIGHTROOM)


def test_facts_that_another_program_has_rewritten_as_attributes_are_replaced() -> None:
    packet = _put(None, FOX).decode()
    for name in ("Label", "Confidence", "Confirmed", "DecidedBy", "DecidedAt"):
        value = facts(packet.encode())[name]
        element = f"   <fewshot:{name}>{value}</fewshot:{name}>\n"
        assert element in packet
        packet = packet.replace(element, "").replace(' rdf:about=""', f' rdf:about="" fewshot:{name}="{value}"')
    assert facts(_put(packet.encode(), ANNA)) == facts(_put(None, ANNA))
    assert b"Confidence" not in _put(packet.encode(), ANNA)


def test_characters_that_xml_cannot_hold_are_left_out() -> None:
    assert keywords(_put(None, LabelMetadata("f\0o\x1bx\ud800\ufffe \r\n")))["subject"] == ["fox"]


@pytest.mark.parametrize(
    ("packet", "says"),
    [
        (b"", "damaged"),
        (b"not XML", "damaged"),
        (LIGHTROOM[:-60], "damaged"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "not XMP"),
        (b"<!DOCTYPE a [<!ENTITY b 'c'>]><a>&b;</a>", "document type"),
        (b"<!DOCTYPE a SYSTEM 'file:///etc/passwd'><a/>", "document type"),
        (b"<a>" * 5000 + b"</a>" * 5000, "nested too deeply"),
        (b"<?xml version='1.0' encoding='nonsense'?><a/>", "damaged"),
        (LIGHTROOM.replace(b"rdf:Bag>", b"rdf:Bug>"), "not a list"),
        (LIGHTROOM.replace(b'xmp:Rating="4"', b'dc:subject="x"').replace(b"dc:subject>", b"dc:other>"), "not a list"),
    ],
)
def test_what_cannot_be_changed_without_harm_is_refused(packet: bytes, says: str) -> None:
    with pytest.raises(UnreadableXmpError, match=says):
        with_label(packet, FOX)


def test_a_packet_beyond_reason_is_refused() -> None:
    with pytest.raises(UnreadableXmpError, match="too long"):
        with_label(LIGHTROOM + b" " * MAX_BYTES, FOX)


def test_a_packet_read_and_written_is_the_same() -> None:
    for packet in (
        LIGHTROOM,
        b"<?xml version='1.0'?>" + LIGHTROOM,
        LIGHTROOM.decode().encode("utf-16"),
        LIGHTROOM + b"\0\0",
    ):
        written = write_tree(read_tree(packet))
        assert ET.canonicalize(written, with_comments=True) == ET.canonicalize(LIGHTROOM, with_comments=True)
        assert write_tree(read_tree(written)) == written
        assert written.rstrip().endswith(b'<?xpacket end="w"?>')


def test_random_damage_is_refused_or_read_and_nothing_else() -> None:
    generator = random.Random(2)
    for _ in range(400):
        damaged = bytearray(LIGHTROOM)
        for _ in range(generator.randrange(1, 4)):
            damaged[generator.randrange(len(damaged))] = generator.randrange(256)
        try:
            packet = _put(bytes(damaged), FOX)
        except UnreadableXmpError:
            continue
        assert keywords(packet)["tags"] == ["Animals/狐 fox"]
