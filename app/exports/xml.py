"""What the two XML formats share: how elements are made and printed."""

from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from indexer.characters import clean


def child(parent: Element, tag: str, text: object = None, **attributes: object) -> Element:
    """Add an element with a text and attributes; those that are None are left out.

    Control characters are replaced, which XML 1.0 has no way to write.
    """
    given = {name: clean(str(value)) for name, value in attributes.items() if value is not None}
    element = SubElement(parent, tag, given)
    if text is not None:
        element.text = clean(str(text))
    return element


def document(root: Element, doctype: str) -> str:
    """Return an XML document, indented."""
    ElementTree.indent(root)
    body = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<!DOCTYPE {doctype}>\n{body}\n'
