# SPDX-License-Identifier: Apache-2.0
"""What reports call things, in both languages."""

from typing import Final

from verifier.casework.life_cycle import FindingState
from verifier.language import Told

STATES: Final[dict[FindingState, Told]] = {
    "raised": Told(zh="已产生，待办理", en="raised, nobody took it up yet"),
    "suspected": Told(zh="列为疑点", en="taken up as a lead"),
    "affirmed": Told(zh="已认定", en="affirmed"),
    "cleared": Told(zh="已排除", en="cleared"),
    "ordered": Told(zh="责令整改", en="answer ordered"),
    "answered": Told(zh="已答复", en="answered"),
    "verified": Told(zh="已核实", en="verified"),
    "closed": Told(zh="办结", en="closed"),
    "corrected": Told(zh="因冲正了结", en="closed by a correction"),
}
SUMS: Final[dict[str, Told]] = {
    "findings": Told(zh="疑点", en="Findings"),
    "proved": Told(zh="其中：已证明", en="Proved"),
    "undecidable": Told(zh="无法判定", en="Cannot be decided"),
    "cleared": Told(zh="已排除", en="Cleared"),
    "closed_by_correction": Told(zh="因冲正了结", en="Closed by a correction"),
    "without_amount": Told(zh="不涉金额", en="About no amount"),
    "provable": Told(zh="可证明金额", en="Provable"),
    "at_risk": Told(zh="涉及金额", en="At risk"),
    "outstanding": Told(zh="尚未了结", en="Outstanding"),
    "corrected": Told(zh="冲正金额", en="Corrected"),
    "returned": Told(zh="已退回", en="Returned"),
    "rebooked": Told(zh="已调账", en="Rebooked"),
    "recovered": Told(zh="已追回", en="Recovered"),
    "exempt": Told(zh="已豁免", en="Exempt"),
    "interest": Told(zh="另计利息", en="Interest, apart"),
}
"""Headline figures, in the order in which they stand."""
COUNTED: Final = ("findings", "proved", "undecidable", "cleared", "closed_by_correction", "without_amount")
AMOUNTS: Final = ("provable", "at_risk", "outstanding")
WORKED: Final = ("recovered", "returned", "rebooked", "exempt", "corrected", "interest")

TEXTS: Final[dict[str, Told]] = {
    "report": Told(zh="审计报告", en="Audit report"),
    "lead": Told(
        zh="以下为疑点线索，不是结论。每条列明规则、依据、算式和凭据，以及什么材料可以消除。",
        en="These are leads and no verdicts. Each names its rule, legal basis, arithmetic and evidence, and what would "
        "clear it.",
    ),
    "union": Told(
        zh="同一笔付款只计一次：各项金额按付款取最大者，不累加；分组之间互有重叠，不得相加。利息另计。",
        en="One payment counts once: of each payment the largest amount counts, and none are summed. Groups overlap and "
        "are never added up. Interest stands apart.",
    ),
    "undecided": Told(
        zh="无法判定不等于没有问题。",
        en="What cannot be decided is not clean.",
    ),
    "headlines": Told(zh="总览", en="Overview"),
    "worked": Told(zh="办理结果", en="What was done about them"),
    "states": Told(zh="办理状态", en="Where they stand"),
    "by_rule": Told(zh="按规则", en="By rule"),
    "by_fund": Told(zh="按资金", en="By fund"),
    "by_place": Told(zh="按地区", en="By place"),
    "list": Told(zh="疑点清单", en="List of findings"),
    "cards": Told(zh="逐条说明", en="Each finding in full"),
    "none": Told(
        zh="未发现疑点；请一并看“未判断”部分。", en="No finding; look at what was not judged as well."
    ),
    "more": Told(
        zh="另有 {n} 条未在此列出，见工作簿或 JSON 报告。",
        en="{n} more are not shown here; see the workbook or the JSON report.",
    ),
    "gaps": Told(zh="未判断（不等于没有问题）", en="Not judged (which is not clean)"),
    "other_cases": Told(zh="本次未再产生疑点的案件", en="Cases beside the findings"),
    "other_note": Told(
        zh="疑点不再产生，或案件内容以承诺值封存而未提供披露文件。",
        en="The finding is raised no more, or the case is sealed and no disclosure opened it.",
    ),
    "own_rules": Told(zh="审计方规则带来的差异", en="What the auditor's own rules change"),
    "change": Told(zh="差异", en="Change"),
    "before": Told(zh="按账本规则", en="By the ledger's rules"),
    "after": Told(zh="按审计方规则", en="By the auditor's"),
    "rules": Told(zh="运行的规则", en="Rules that ran"),
    "ledger": Told(zh="账本与口径", en="Ledger and terms"),
    "check": Told(zh="自行核验", en="Check it yourself"),
    "check_note": Told(
        zh="以同样的日期再次审计，结果逐字节相同；每条疑点的证据包无需账本即可核验。",
        en="Audit again with the same dates: every finding is the same, byte for byte. The pack of a finding verifies "
        "without the ledger.",
    ),
    "rule": Told(zh="规则", en="Rule"),
    "title": Told(zh="名称", en="Title"),
    "class": Told(zh="等级", en="Class"),
    "severity": Told(zh="颜色", en="Colour"),
    "fund": Told(zh="资金", en="Fund"),
    "place": Told(zh="地区", en="Place"),
    "who": Told(zh="涉及单位", en="Bodies concerned"),
    "amount": Told(zh="涉及金额", en="Amount"),
    "amount_min": Told(zh="至少", en="At least"),
    "amount_max": Told(zh="至多", en="At most"),
    "restored": Told(zh="已归还", en="Came back"),
    "outstanding": Told(zh="尚未了结", en="Outstanding"),
    "state": Told(zh="办理状态", en="State"),
    "since": Told(zh="自", en="Since"),
    "held": Told(zh="自 {on} 起，已 {n} 天", en="since {on}, {n} days"),
    "days": Told(zh="已历天数", en="Days"),
    "case": Told(zh="案件", en="Case"),
    "other": Told(zh="相关案件", en="Other cases"),
    "due_on": Told(zh="整改答复期限", en="Answer due"),
    "late": Told(zh="逾期 {n} 天", en="{n} days late"),
    "changed": Told(
        zh="案件引用的内容与本次不同：事实、参数或日期在此之后有变化。",
        en="The case cites another content: facts, parameters or dates changed since.",
    ),
    "exempt_on": Told(zh="豁免依据：", en="Exempt on: "),
    "corrected_by": Told(
        zh="冲正 {name}（{on}），事由：{reason}", en="Corrected by {name} on {on}: {reason}"
    ),
    "case_open": Told(
        zh="案件仍为“{state}”，由立案机关办结。",
        en="The case still stands at “{state}”; its office has to close it.",
    ),
    "explanation": Told(zh="说明", en="What was found"),
    "basis": Told(zh="依据", en="Basis"),
    "clears": Told(zh="可消除的材料", en="What would clear it"),
    "arithmetic": Told(zh="算式各项", en="Arithmetic"),
    "parameters": Told(zh="参数", en="Parameters"),
    "evidence": Told(zh="凭据", en="Evidence"),
    "steps": Told(zh="办理经过", en="What was done"),
    "name": Told(zh="项目", en="Item"),
    "value": Told(zh="数值", en="Value"),
    "entry": Told(zh="条目", en="Entry"),
    "event": Told(zh="事件", en="Event"),
    "leaf": Told(zh="叶哈希", en="Leaf hash"),
    "date": Told(zh="日期", en="Date"),
    "text": Told(zh="内容", en="Text"),
    "by": Told(zh="办理单位", en="By"),
    "pack": Told(zh="证据包", en="Evidence pack"),
    "no_pack": Told(zh="无证据包：", en="No pack: "),
    "id": Told(zh="疑点编号", en="Finding id"),
    "content": Told(zh="内容哈希", en="Content hash"),
    "decisive": Told(zh="可知之日", en="Could be known on"),
    "due": Told(zh="到期日", en="Due"),
    "times": Told(zh="次数", en="Times"),
    "reason": Told(zh="原因", en="Reason"),
    "version": Told(zh="版本", en="Version"),
    "tier": Told(zh="所需数据", en="Data needed"),
    "group": Told(zh="分组", en="Group"),
    "marks": Told(zh="须注意", en="To be borne in mind"),
    "sealed": Told(zh="（内容封存）", en="(sealed)"),
    "origin": Told(zh="账本", en="Ledger"),
    "genesis": Told(zh="创世哈希", en="Genesis"),
    "size": Told(zh="条数", en="Entries"),
    "root": Told(zh="根哈希", en="Root"),
    "verdict": Told(zh="核验结论", en="Verification"),
    "as_of": Told(zh="截至", en="As of"),
    "known_by": Told(zh="已知至条目", en="Known by entry"),
    "recorded": Told(zh="末条入账时刻", en="Last entry recorded"),
    "pack_of_rules": Told(zh="规则包", en="Rule pack"),
    "calendars": Told(zh="节假日安排", en="Calendars"),
    "tracing": Told(zh="资金追踪方法", en="Money traced by"),
    "currency": Told(zh="币种", en="Currency"),
    "checkpoint": Told(zh="检查点", en="Checkpoint"),
    "notices": Told(zh="规则须说明的事项", en="To be said of the rules"),
    "good_prefix": Told(zh="仅审计前 {n} 条", en="only the first {n} entries were judged"),
    "demo": Told(zh="演示：虚构数据", en="DEMO: invented data"),
    "provisional": Told(zh="其他年度暂按周一至周五", en="other years Monday to Friday, provisionally"),
    "to_top": Told(zh="回到清单", en="Back to the list"),
    "page": Told(zh="第 {n} 页", en="Page {n}"),
}
MARKS: Final[dict[str, Told]] = {
    "advance": Told(zh="垫付在先", en="paid in advance"),
    "corrected": Told(zh="所依据的业务已冲正", en="what it rested on was corrected"),
    "historical": Told(zh="历史补录账本", en="a ledger written long afterwards"),
    "lapsed": Told(zh="义务在逾期后终止", en="the duty ended after its day"),
    "pending": Told(zh="尚有银行流水待到", en="bank lines may still come"),
    "provisional": Told(
        zh="节假日安排尚未采用，日期为暂定", en="a calendar is not adopted, days are provisional"
    ),
    "reported_only": Told(zh="仅凭报告，无银行流水", en="rests on reports without bank lines"),
    "short": Told(zh="金额不足", en="short"),
    "unresolved": Told(zh="期初或其间流水不明", en="opening balance or lines in between are not known"),
}
"""What a reader must know beside the class of a finding."""
