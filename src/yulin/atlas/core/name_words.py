"""The words that names of Chinese firms are made of beside place and brand: forms, branches, trades.

What is common in names all over the country; a word that is missing here counts as part of the brand.
"""

from __future__ import annotations


def _words(text: str) -> tuple[str, ...]:
    return tuple(text.split())


FORMS = _words(
    "股份有限公司 有限责任公司 有限公司 股份公司 总公司 公司 合伙企业 有限合伙 普通合伙 特殊普通合伙 "
    "个人独资企业 专业合作社 合作社 联社 事务所 研究院 研究所 研究中心 工作室 经营部 服务部 门市部 加工部 "
    "商行 商店 商场 总厂 厂 店 中心 学校 医院 幼儿园 基金会 协会 企业"
)

GROUPS = ("集团", "控股", "股份")

BRANCHES = _words(
    "分公司 子公司 支公司 支行 分行 营业部 营业厅 办事处 代表处 分店 分厂 门市部 储蓄所 分理处 分社 分部 分院 "
    "分中心 服务站 加油站"
)

TRADES = _words(
    "科技 技术 信息 电子 网络 软件 通信 通讯 数据 智能 系统 自动化 机器人 计算机 数码 数字 互联网 物联网 "
    "人工智能 云计算 生物 医药 制药 药业 医疗 器械 医疗器械 健康 化工 化学 材料 新材料 能源 新能源 环保 环境 "
    "节能 电力 电气 电器 机械 机电 设备 装备 制造 工业 实业 工程 建设 建筑 建材 装饰 设计 房地产 地产 置业 "
    "物业 管理 投资 资产 基金 资本 金融 租赁 担保 保险 证券 银行 贸易 商贸 进出口 国际贸易 供应链 物流 运输 "
    "航空 船舶 汽车 服务 咨询 顾问 文化 传媒 传播 广告 教育 培训 旅游 酒店 餐饮 食品 饮料 农业 农牧 种业 水产 "
    "纺织 服装 服饰 家具 家居 塑料 塑胶 橡胶 包装 印刷 纸业 钢铁 金属 五金 矿业 石油 石化 水泥 玻璃 陶瓷 照明 "
    "光电 半导体 集成电路 仪器 仪表 发展 开发 创新 创业 企业 百货 商业 零售 电商 电子商务 国际 控制 检测 精密 "
    "模具 机床 轴承 电机 电缆 线缆 电池 光伏 风电 水务 燃气 热力 交通 轨道 高速 港口 港务 股权投资 商务 体育 "
    "影视 娱乐 游戏"
)
