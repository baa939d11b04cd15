# SPDX-License-Identifier: Apache-2.0
"""What statements call things, in both languages."""

from typing import Final

from verifier.language import Told
from verifier.statement.records import Book, Side

TITLES: Final[dict[Book, Told]] = {
    "fund": Told(zh="专项资金收支结存表", en="Receipts, payments and balance of the fund"),
    "account": Told(zh="账户收支结存表", en="Receipts, payments and balances by account"),
    "line": Told(zh="指标台账", en="Ledger of lines"),
}
SHEETS: Final[dict[str, Told]] = {
    "head": Told(zh="封面", en="Head"),
    "fund": Told(zh="收支结存", en="Fund"),
    "account": Told(zh="账户", en="Accounts"),
    "line": Told(zh="指标台账", en="Lines"),
    "fund entries": Told(zh="收支结存明细", en="Fund entries"),
    "account entries": Told(zh="账户明细", en="Account entries"),
    "line entries": Told(zh="指标明细", en="Line entries"),
    "bank": Told(zh="余额调节表", en="Bank reconciliation"),
    "due": Told(zh="应办事项", en="Due"),
    "quiet": Told(zh="记账与对账情况", en="Who is silent"),
    "checks": Told(zh="勾稽核对", en="Checks"),
    "receipt": Told(zh="末条收据", en="Receipt of the last entry"),
}
COLUMNS: Final[dict[str, Told]] = {
    "disbursed": Told(zh="指标拨入", en="paid from lines"),
    "unrecorded": Told(zh="账外转入", en="from outside the record"),
    "matched": Told(zh="配套到位", en="matching money"),
    "interest": Told(zh="利息", en="interest"),
    "used": Told(zh="使用（含直接支付）", en="used (direct payments too)"),
    "returned": Told(zh="退回", en="returned"),
    "in_disbursement": Told(zh="拨付转入", en="in: disbursed"),
    "in_matching_receipt": Told(zh="配套转入", en="in: matching"),
    "in_interest": Told(zh="利息转入", en="in: interest"),
    "in_transfer": Told(zh="调拨转入", en="in: transferred"),
    "in_return": Told(zh="退回转入", en="in: returned"),
    "in_use": Told(zh="使用转入", en="in: used"),
    "out_disbursement": Told(zh="拨付转出", en="out: disbursed"),
    "out_transfer": Told(zh="调拨转出", en="out: transferred"),
    "out_return": Told(zh="退回转出", en="out: returned"),
    "out_use": Told(zh="使用转出", en="out: used"),
    "received": Told(zh="收到指标", en="received"),
    "restored": Told(zh="退回恢复", en="restored"),
    "split_out": Told(zh="分解下达", en="split out"),
    "lowered": Told(zh="调减", en="lowered"),
    "recalled": Told(zh="收回", en="recalled"),
    "carried_out": Told(zh="结转下年", en="carried over"),
}
LINE_DISBURSED: Final = Told(zh="拨付", en="disbursed")
"""Of a line a disbursement takes; of a fund it brings."""

SIDES: Final[dict[Side, Told]] = {
    "book_in": Told(zh="加：单位已收、银行未收", en="plus: in the books, not at the bank (in)"),
    "book_out": Told(zh="减：单位已付、银行未付", en="less: in the books, not at the bank (out)"),
    "bank_in": Told(zh="加：银行已收、单位未收", en="plus: at the bank, not in the books (in)"),
    "bank_out": Told(zh="减：银行已付、单位未付", en="less: at the bank, not in the books (out)"),
}
CHECKS: Final[dict[str, Told]] = {
    "opening": Told(zh="期初 = 上期期末", en="opening = closing of the period before"),
    "cash": Told(zh="资金结存 = 各账户结存之和", en="balance of the fund = balances of accounts"),
    "claims": Told(zh="账户结存 = 验证所得（I8）", en="balances of accounts = those of verification (I8)"),
    "lines": Told(zh="指标余额 = 验证所得（I8）", en="what the line holds = that of verification (I8)"),
    "bank": Told(zh="调节后余额相等", en="adjusted balances are equal"),
}
DUTIES: Final[dict[str, Told]] = {
    "pass_on": Told(zh="分解下达指标", en="pass the line on"),
    "pay": Told(zh="支付已批准的请款", en="pay the approved claim"),
    "match": Told(zh="落实配套资金", en="bring the matching money"),
    "pay_supplier": Told(zh="支付企业款", en="pay the supplier"),
    "pay_list": Told(zh="按清单发放", en="pay the persons on the list"),
    "return_surplus": Told(zh="缴回结余", en="give the surplus back"),
    "accept": Told(zh="组织验收", en="accept the milestone"),
    "publish": Told(zh="公开公示", en="make public"),
    "answer": Told(zh="答复公众异议", en="answer the objection"),
    "milestone": Told(zh="完成任务节点", en="do the milestone"),
    "rectify": Told(zh="答复整改要求", en="answer the rectification order"),
}
WORDS: Final[dict[str, Told]] = {
    "account": Told(zh="账户", en="account"),
    "adjusted bank": Told(zh="银行调节后余额", en="bank, adjusted"),
    "adjusted book": Told(zh="账面调节后余额", en="books, adjusted"),
    "after close": Told(zh="其中：结账后入账", en="of which after close"),
    "amount": Told(zh="金额", en="amount"),
    "as of": Told(zh="截至", en="as of"),
    "balance of bank": Told(zh="银行对账单余额", en="balance of the bank"),
    "balance of book": Told(zh="账面余额", en="balance of the books"),
    "check": Told(zh="核对", en="check"),
    "close": Told(zh="结账", en="books closed"),
    "closing": Told(zh="期末结存", en="closing"),
    "column": Told(zh="栏目", en="column"),
    "correction": Told(zh="冲正", en="corrections"),
    "corrects": Told(zh="冲正对象", en="corrects"),
    "currency": Told(zh="币种", en="currency"),
    "date": Told(zh="日期", en="date"),
    "days": Told(zh="距截至日天数", en="days since"),
    "demo": Told(zh="演示：虚构数据", en="DEMO: invented data"),
    "due": Told(zh="到期日", en="due"),
    "duty": Told(zh="事项", en="duty"),
    "entry": Told(zh="分录序号", en="entry"),
    "event": Told(zh="事件名", en="event"),
    "fund": Told(zh="资金", en="fund"),
    "genesis": Told(zh="创世哈希", en="genesis"),
    "gross": Told(zh="发生额", en="gross"),
    "holds": Told(zh="相符", en="holds"),
    "kind": Told(zh="类型", en="kind"),
    "last account": Told(zh="最后已结对账单截止日", en="closed statements until"),
    "last unit": Told(zh="最后入账日", en="last entry"),
    "ledger": Told(zh="账本", en="ledger"),
    "late": Told(zh="结账后入账", en="after close"),
    "left": Told(zh="左方", en="left"),
    "line": Told(zh="指标", en="line"),
    "matter": Told(zh="异议、任务节点、案件", en="objection, milestone, case"),
    "net": Told(zh="净额", en="net"),
    "never": Told(zh="从未", en="never"),
    "no": Told(zh="否", en="no"),
    "nothing": Told(zh="本期无", en="nothing in this period"),
    "number": Told(zh="行次", en="row"),
    "opening": Told(zh="期初结存", en="opening"),
    "origin": Told(zh="账本名称", en="origin"),
    "outstanding": Told(zh="未办结金额", en="outstanding"),
    "owner": Told(zh="单位", en="unit"),
    "period": Told(zh="期间", en="period"),
    "project": Told(zh="项目", en="project"),
    "provisional": Told(zh="（暂定）", en=" (provisional)"),
    "recorded": Told(zh="末条入账时刻", en="last entry recorded"),
    "right": Told(zh="右方", en="right"),
    "root": Told(zh="根哈希", en="root"),
    "scope": Told(zh="范围", en="books of"),
    "silent": Told(zh="静默", en="SILENT"),
    "silent short": Told(zh="未入账或未对账", en="silent"),
    "size": Told(zh="条数", en="entries"),
    "state": Told(zh="状态", en="state"),
    "statement hash": Told(zh="报表哈希", en="statement"),
    "subject": Told(zh="对象", en="of"),
    "total": Told(zh="合计", en="total"),
    "unit": Told(zh="单位", en="unit"),
    "who": Told(zh="责任单位", en="who"),
    "yes": Told(zh="是", en="yes"),
}
TOTAL_NOTE: Final = Told(
    zh="同一范围内账户之间、指标之间的往来在合计中收付两方均计。",
    en="What moves between accounts, or lines, of the same books stands on both sides of the total.",
)
SILENT_NOTE: Final = Told(
    zh="静默者的数字不代表无误：其后发生而未入账、未对账的收支不在本表内。",
    en="Figures of the silent are not clean: what happened since and was not told is in none of these tables.",
)
LINK_NOTE: Final = Told(
    zh="各栏数字为明细表中同一行次、同一栏目各条之和；事件名与分录序号可在账本中查验。",
    en="Each figure is the sum of the entries with its row and column; event names and positions lead into the ledger.",
)
