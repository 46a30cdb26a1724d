"""The eleven districts of Guangzhou: division code and name.

The Development Zone (开发区) lies in Huangpu and is named by its code. **Source**: GB/T 2260, divisions as since 2014.
"""

from __future__ import annotations

from yulin.base.text import Text

GUANGZHOU = "440100"

GUANGZHOU_DISTRICTS: dict[str, Text] = {
    "440103": Text("荔湾区", "Liwan"),
    "440104": Text("越秀区", "Yuexiu"),
    "440105": Text("海珠区", "Haizhu"),
    "440106": Text("天河区", "Tianhe"),
    "440111": Text("白云区", "Baiyun"),
    "440112": Text("黄埔区", "Huangpu"),
    "440113": Text("番禺区", "Panyu"),
    "440114": Text("花都区", "Huadu"),
    "440115": Text("南沙区", "Nansha"),
    "440117": Text("从化区", "Conghua"),
    "440118": Text("增城区", "Zengcheng"),
}
