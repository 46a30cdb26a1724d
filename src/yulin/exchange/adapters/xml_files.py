"""XML from outside: no document type, hence no entity, is ever read; namespaces are left out."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Callable
from xml.parsers import expat

from yulin.base.errors import YulinError
from yulin.base.text import Text


def parse_xml(content: bytes, refusal: Callable[[Text], YulinError]) -> ET.Element:
    """Return the tree without namespaces. **Raises**: what `refusal` makes of the reason.

    >>> parse_xml(b"<a:Document xmlns:a='urn:x'><a:Id>1</a:Id></a:Document>", ValueError).findtext("Id")
    '1'
    """

    def refuse(*_: object) -> None:
        raise refusal(Text("含有DOCTYPE，不予读取", "it declares a DOCTYPE, which is not read"))

    builder = ET.TreeBuilder()
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = lambda tag, attributes: builder.start(tag.rpartition(":")[2], attributes)
    parser.EndElementHandler = lambda tag: builder.end(tag.rpartition(":")[2])
    parser.CharacterDataHandler = builder.data
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        where = Text("第%(line)s行XML有误或不完整", "the XML is wrong or cut off at line %(line)s")
        raise refusal(where.with_values(line=error.lineno)) from error
    except (LookupError, ValueError) as error:  # a name that is none, or an encoding of several bytes but for UTF
        where = Text("所声明的编码不能识读，需要UTF-8", "the encoding that it names is not read; UTF-8 is needed")
        raise refusal(where) from error
    return builder.close()
