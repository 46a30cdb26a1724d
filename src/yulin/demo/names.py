"""Names and codes of the demo book: plainly invented, so that no real firm or bank can be meant.

Firms carry 示例 in their name. Their codes pass the official check, but begin their organisation part with YL, which no
register issues (it issues digits and MA).
"""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

_SYLLABLES = np.array(
    list(
        "云衡远岚启明智汇卓越博睿恒泰锐新天元弘创瑞丰景行佳信凯德润达宏图星海晨曦立方致和维思格物中科源泉鼎峰百川领航"
    ),
    dtype=str,
)
_BUSINESS = {
    "software": ("软件", "信息技术", "数据", "人工智能", "云计算"),
    "information_transmission": ("通信", "物联网", "网络"),
    "industry": ("生物医药", "新材料", "智能装备", "电子", "新能源", "医疗器械", "半导体", "精密仪器"),
    "other": ("检测", "工业设计", "技术服务", "环境科技"),
    "wholesale": ("科贸", "器材"),
    "leasing": ("科技咨询", "商务服务"),
}
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_CODE_WEIGHTS = np.array([pow(3, place, 31) for place in range(17)])
_ORGANISATION_WEIGHTS = np.array([3, 7, 9, 10, 5, 8, 4, 2])
_ORGANISATION_VALUES = np.array(["0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".index(char) for char in _ALPHABET])

_PLANTS = {
    "木棉": "Kapok",
    "榕树": "Banyan",
    "紫荆": "Bauhinia",
    "荔枝": "Lychee",
    "凤凰木": "Flamboyant",
    "白兰": "White Champaca",
    "桂花": "Osmanthus",
    "茉莉": "Jasmine",
    "玉兰": "Magnolia",
    "朱槿": "Hibiscus",
    "含笑": "Michelia",
    "合欢": "Albizia",
    "樟树": "Camphor",
    "银杏": "Ginkgo",
    "杜鹃": "Azalea",
    "山茶": "Camellia",
    "龙眼": "Longan",
    "芒果": "Mango",
    "橄榄": "Olive",
    "阳桃": "Starfruit",
    "菩提": "Bodhi",
    "石榴": "Pomegranate",
    "枇杷": "Loquat",
    "香樟": "Cinnamomum",
    "水杉": "Metasequoia",
    "落羽杉": "Bald Cypress",
    "金桂": "Golden Osmanthus",
    "蒲葵": "Livistona",
    "棕榈": "Palm",
    "秋枫": "Bischofia",
    "蓝花楹": "Jacaranda",
}


def bank_names() -> list[tuple[str, str]]:
    """Return the names of the partner banks, Chinese and English, in the order in which they joined."""
    return [(f"{zh}示例银行", f"{en} Example Bank") for zh, en in _PLANTS.items()]


def firm_names(industries: NDArray[np.str_]) -> pl.Series:
    """Return one name a firm, all different, that tells its trade: 广州示例云衡岚软件有限公司."""
    count, base = len(industries), len(_SYLLABLES)
    places = 3 if count <= base**3 else 4
    numbers = (np.arange(count, dtype=np.int64) * 7_919 + 131) % base**places
    brand = np.full(count, "", dtype="U4")
    for place in range(places):
        brand = np.char.add(brand, _SYLLABLES[numbers // base**place % base])
    trade = np.empty(count, dtype="U6")
    for industry, words in _BUSINESS.items():
        at = np.flatnonzero(industries == industry)
        trade[at] = np.array(words)[np.arange(len(at)) % len(words)]
    return pl.Series(np.char.add(np.char.add("广州示例", brand), np.char.add(trade, "有限公司")))


def firm_codes(district_codes: NDArray[np.str_]) -> pl.Series:
    """Return one unified social credit code a firm, all different, with both check characters right."""
    count = len(district_codes)
    serial = (np.arange(count, dtype=np.int64) * 104_729 + 977) % 31**6
    organisation = np.empty((count, 8), np.int64)
    organisation[:, :2] = [_ALPHABET.index("Y"), _ALPHABET.index("L")]
    organisation[:, 2:] = np.stack([serial // 31**place % 31 for place in range(5, -1, -1)], axis=1)
    inner = (11 - _ORGANISATION_VALUES[organisation] @ _ORGANISATION_WEIGHTS) % 11
    seventeen = np.empty((count, 17), np.int64)
    seventeen[:, :2] = [9, 1]
    seventeen[:, 2:8] = np.array([list(code) for code in district_codes], dtype=np.int64)
    seventeen[:, 8:16] = organisation
    seventeen[:, 16] = np.where(inner == 10, _ALPHABET.index("X"), inner)
    check = (31 - seventeen @ _CODE_WEIGHTS) % 31
    characters = np.array(list(_ALPHABET))[np.column_stack([seventeen, check])]
    return pl.Series(characters.view("U18").ravel())
