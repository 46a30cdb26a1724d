"""Invented lists of approved projects of the demo book: two notices, some dozens of projects, nothing of them real.

One of them overlaps with the application that the second firm has submitted, one only shares its leader's name, one
names no code; several amounts are not said.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date

from yulin.brain.core.projects import Usual
from yulin.brain.services.projects import ProjectHow, take_in_projects
from yulin.demo.book import DemoBook
from yulin.demo.rules import demo_actor
from yulin.kit.clock import standing_on
from yulin.people.enums import Role

_READ = date(2021, 12, 20)
_HEADS = (
    "项目编号", "项目名称", "年度", "立项金额（万元）", "承担单位", "统一社会信用代码", "项目负责人", "状态", "执行期",
    "项目简介",
)  # fmt: skip
_TOPICS = (
    ("示例智能温室灌溉控制", "按叶面湿度与蒸腾量分区给水，阀组由低功耗节点驱动，节水三成。"),
    ("示例轴承早期失效诊断", "从振动包络与油液光谱判别点蚀、剥落，提前两周报警。"),
    ("示例水性防腐涂层", "以改性树脂替代溶剂体系，盐雾试验一千小时不起泡。"),
    ("示例病理切片辅助阅片", "分割腺体与核仁，阅片医师逐例复核，漏检单独统计。"),
    ("示例城市内涝预报", "把雨量站、管网液位与地形合成十分钟一报的淹没图。"),
    ("示例动力电池梯次利用", "按内阻与自放电分选旧电芯，重组为通信基站后备电源。"),
    ("示例海上风机叶片巡检", "无人机沿叶尖自动取像，裂纹宽度量到半毫米。"),
    ("示例蛋白质分离膜", "两性离子改性膜面，通量衰减减半，清洗周期延到三十天。"),
    ("示例数控机床热误差补偿", "在主轴与丝杠布十二个测温点，加工中实时修正坐标。"),
    ("示例工业协议安全网关", "解析八种现场总线报文，异常写指令先拦后放。"),
    ("示例稀土永磁回收", "氢破碎后直接再烧结，磁能积保持新料的九成五。"),
    ("示例冷链疫苗温度标签", "印刷式感温层与读码器配合，断链时刻可回读。"),
)
_STAGES = (("关键技术", "2018", "已验收"), ("样机研制", "2020", "在研"), ("应用示范", "2021", "已立项"))
_LEADERS = ("韦示例", "欧示例", "冼示例", "麦示例", "招示例")
_NEAR = "研制面向产线的示例光学检测模组，含标定、成像、缺陷识别三个子系统，样机在两条产线上验证；另编检测规程一份。"
_CITY = Usual(
    programme="示例市重点研发计划", level="city", authority="示例市科学技术局", document="示例科通〔2021〕66号立项通知"
)
_PROVINCE = Usual(
    programme="示例省产学研专项", level="province", authority="示例省科学技术厅", document="示例省科公示〔2020〕8号"
)


def take_in_lists(book: DemoBook) -> None:
    """Take both lists in, as the bureau's officer does on the page."""
    officer = demo_actor(Role.AUTHORITY_OFFICER)
    lists = (("示例市立项清单.csv", _CITY, _city_rows(book)), ("示例省立项清单.csv", _PROVINCE, _province_rows(book)))
    with standing_on(_READ):
        for name, usual, rows in lists:
            take_in_projects(actor=officer, name=name, content=_sheet(rows), how=ProjectHow(usual=usual))


def _city_rows(book: DemoBook) -> Iterator[tuple[str, ...]]:
    """Yield each topic in its three stages, each by a firm of the book of its own."""
    firms = book.firms.select("name", "identifier").rows()
    for number in range(len(_TOPICS) * len(_STAGES)):
        leader = _LEADERS[number % len(_LEADERS)]
        (topic, said), (stage, year, status) = _TOPICS[number // len(_STAGES)], _STAGES[number % len(_STAGES)]
        name, code = firms[-(number + 3)]
        amount = "" if number % 9 == 4 else str(20 + 15 * (number % 7))
        yield (
            f"SLS-{year}-{number + 1:03d}", f"{topic}{stage}", year, amount, name, code, leader, status,
            f"{year}.07-{int(year) + 2}.06", f"{stage}：{said}",
        )  # fmt: skip


def _province_rows(book: DemoBook) -> Iterator[tuple[str, ...]]:
    """Yield the project near the second firm's application, a namesake's, and one whose unit has no code."""
    name, code = book.firms.select("name", "identifier").rows()[-2]
    at = ("2020.06-2022.05", "2020.06-2023.05", "2020.06-2021.05")
    yield ("SLP-2020-001", "示例光学检测模组研制及验证", "2020", "80", name, code, "示例负责人", "在研", at[0], _NEAR)
    said = "建兰花、报春花茎尖超低温保存库，存活率逐批公布。"
    yield ("SLP-2020-002", "示例花卉种质离体保存", "2020", "45", "示例大学", "", "示例负责人", "在研", at[1], said)
    said = "以气相法处理酸化纸张，酸碱度回到七以上。"
    yield ("SLP-2020-003", "示例古籍纸张脱酸", "2020", "", name, "", "温示例", "已终止", at[2], said)


def _sheet(rows: Iterator[tuple[str, ...]]) -> bytes:
    sheet = io.StringIO(newline="")
    csv.writer(sheet).writerows([_HEADS, *rows])
    return sheet.getvalue().encode("utf-8-sig")
