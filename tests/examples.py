# SPDX-License-Identifier: Apache-2.0
"""One event of every kind with every field given: the specimens of golden vectors, schemas and form tests."""

from __future__ import annotations

import base64
import datetime
from typing import TYPE_CHECKING, Final

import msgspec

from ledger.keys import key_id
from ledger.kinds import authority, bank, code, contract, control, fact, fund_terms, mandate, registry, upper
from ledger.kinds.attachment import Attachment
from ledger.kinds.form import Provenance, Tag
from ledger.kinds.log_key import LogKeyChange
from ledger.log_signer import LogSigner
from tests.worlds import signer_named

if TYPE_CHECKING:
    from ledger.kinds.vocabulary import AnyEvent

_DAY: Final = datetime.date(2026, 6, 12)
_HASH: Final = "3f" * 32
_TAG: Final = Tag(fund="F-ROAD", source="grant", line="QH-2026-ROAD-7")
_INVOICE: Final = authority.Invoice(hash=_HASH, amount=18_624_000)
_FROM: Final = Provenance(file=_HASH, row=12, sheet="一季度")
_COMMITMENTS: Final = ("-" + "A" * 42, "z" * 43)


def specimens() -> dict[str, AnyEvent]:
    """One event per kind, keyed by kind, no optional field left out (actions that exclude a field excepted)."""
    signer = signer_named("specimen")
    return {
        "party": registry.Party(
            occurred_on=_DAY,
            provenance=_FROM,
            sd=_COMMITMENTS,
            id="qh-finance",
            name="清河县财政局",
            name_en="Qinghe County Finance Bureau",
            level="county",
            division="610102",
            roles=("finance",),
            version=2,
            effective_on=_DAY,
            uscc="91350100M000100Y43",
            parent="yc-finance",
            related=("qh-platform",),
        ),
        "account": registry.Account(
            occurred_on=_DAY,
            id="QH-ZERO",
            owner="qh-finance",
            account_class="zero_balance",
            bank="qh-bank",
            fund="F-ROAD",
            pool="QH-TSA",
            masked="****0011",
            effective_on=_DAY,
        ),
        "fund": registry.Fund(
            occurred_on=_DAY,
            id="F-ROAD",
            name="农村公路建设补助资金",
            name_en="Rural road construction",
            purpose="农村公路新改建",
            purpose_en="building rural roads",
            issuer="jl-finance",
            level="province",
            fiscal_year=2026,
            document="江财建〔2026〕41号",
            direct="01",
            functional=("21401",),
            economic=("309", "310"),
            denied_economic=("301",),
            effective_on=_DAY,
            matching=(
                registry.MatchingTerm(
                    base="allocated", num=3, den=10, level="county", due_on=_DAY, basis="示例办法第5条"
                ),
            ),
            deadlines=(
                registry.Deadline(
                    duty="pass_on", days=30, unit="calendar", basis="预算法第52条", level="city"
                ),
            ),
        ),
        "project": registry.Project(
            occurred_on=_DAY,
            id="P-ROAD-1",
            name="白石—赵庄通村路",
            name_en="Baishi to Zhaozhuang road",
            unit="bs-town",
            division="610102001",
            funds=("F-ROAD",),
            budget=132_000_000,
            effective_on=_DAY,
            milestones=(registry.Milestone(id="m1", task="路面完工", party="bs-town", due_on=_DAY),),
        ),
        "key": registry.Key(
            occurred_on=_DAY,
            action="register",
            key=key_id("ed25519", signer.public),
            alg="ed25519",
            public=base64.b64encode(signer.public).decode(),
            holder="qh-finance",
            person="p-17",
            device="usb-3",
            roles=("maker",),
            jurisdiction=("610102",),
            valid_from="2026-01-01T00:00:00.000Z",
            valid_to="2028-01-01T00:00:00.000Z",
            reason="新任经办",
        ),
        "log_key": LogKeyChange(
            occurred_on=_DAY,
            action="add",
            vkey=LogSigner(signers=(signer,)).vkeys("ledger.example/jl/2026")[0],
            proof=base64.b64encode(signer.sign(b"any")).decode(),
            reason="定期更换",
        ),
        "attachment": Attachment(
            occurred_on=_DAY,
            hash=_HASH,
            size=184_320,
            media_type="application/pdf",
            locator="2026/06/3f3f.pdf",
            event="qh-unit/claim-7/0",
        ),
        "deputation": mandate.Deputation(
            occurred_on=_DAY,
            action="grant",
            id="dep-1",
            principal=_HASH,
            deputy="4a" * 32,
            role="approver",
            valid_from="2026-06-12T00:00:00.000Z",
            valid_to="2026-06-30T00:00:00.000Z",
            reason="休假",
        ),
        "override": mandate.Override(
            occurred_on=_DAY,
            action="ratify",
            reason="抢险拨款追认",
            document="清财办〔2026〕9号",
            event="qh-finance/s-9/0",
        ),
        "administrator": mandate.AdministratorChange(
            occurred_on=_DAY,
            action="appoint",
            id="admin-c",
            duty="security",
            person="p-90",
            device="usb-90",
            alg="ed25519",
            key=key_id("ed25519", signer.public),
            public=base64.b64encode(signer.public).decode(),
            reason="新任安全管理员",
        ),
        "policy": registry.Policy(
            occurred_on=_DAY,
            id="pack-1",
            effective_on=_DAY,
            title="专项资金规则包",
            admits=("waiver/1",),
            rows=(
                registry.PolicyRow(
                    id="F03-direct",
                    rule="F03",
                    basis="预算法第52条",
                    parameters={"days": 30, "warn_days": 5},
                    unit="calendar",
                    fund="F-ROAD",
                    level="city",
                ),
            ),
        ),
        "calendar": registry.Calendar(
            occurred_on=_DAY,
            id="cn-2026",
            year=2026,
            notice="国办发明电〔2025〕7号",
            off=(datetime.date(2026, 6, 19),),
            worked=(datetime.date(2026, 2, 14),),
        ),
        "allocation": authority.Allocation(
            occurred_on=_DAY,
            action="issue",
            line="QH-2026-ROAD-7",
            from_="jl-finance",
            to="qh-finance",
            amount=486_200_000,
            document="江财建〔2026〕41号",
            fund="F-ROAD",
            fiscal_year=2026,
            functional="2140106",
            direct="01",
            project="P-ROAD-1",
        ),
        "matching_pledge": authority.MatchingPledge(
            occurred_on=_DAY,
            id="mp-1",
            fund="F-ROAD",
            party="qh-finance",
            amount=135_000_000,
            source="budget",
            due_on=_DAY,
            document="清财建〔2026〕3号",
        ),
        "matching_receipt": fact.MatchingReceipt(
            occurred_on=_DAY,
            fund="F-ROAD",
            party="qh-finance",
            amount=40_500_000,
            source="budget",
            account="BS-TOWN",
            from_account="QH-ZERO",
            pledge="mp-1",
            bank_ref="R-77",
            voucher="记-12",
        ),
        "claim": fact.Claim(
            occurred_on=_DAY,
            action="approve",
            claim="c-1",
            project="P-ROAD-1",
            line="QH-2026-ROAD-7",
            amount=18_624_000,
            payee="hengtong",
            contract="QHJT-2026-009",
            evidence=(_HASH,),
        ),
        "disbursement": authority.Disbursement(
            occurred_on=_DAY,
            line="QH-2026-ROAD-7",
            from_account="QH-ZERO",
            to_account="HENGTONG",
            payee="hengtong",
            payee_list=_HASH,
            project="P-ROAD-1",
            contract="QHJT-2026-009",
            functional="2140106",
            economic="50302",
            amount=18_624_000,
            mode="direct",
            bank_ref="R-78",
            voucher="记-13",
            claim="c-1",
            milestone="m1",
            invoice=_INVOICE,
        ),
        "transfer": fact.Transfer(
            occurred_on=_DAY,
            from_account="QH-ZERO",
            to_account="BS-TOWN",
            amount=1,
            reason="pass_on",
            tag=_TAG,
            bank_ref="R-79",
            voucher="记-14",
            note="转拨",
        ),
        "use": fact.Use(
            occurred_on=_DAY,
            from_account="BS-TOWN",
            to_account="HENGTONG",
            payee="hengtong",
            amount=2**53 - 1,
            tag=_TAG,
            functional="2140106",
            economic="50302",
            project="P-ROAD-1",
            contract="QHJT-2026-009",
            bank_ref="R-80",
            voucher="记-15",
            claim="c-1",
            milestone="m1",
            invoice=_INVOICE,
            note="进度款",
        ),
        "interest": fact.Interest(
            occurred_on=_DAY,
            account="BS-TOWN",
            amount=318,
            tag=_TAG,
            period="2026Q2",
            bank_ref="R-81",
            voucher="记-16",
        ),
        "return": fact.Return(
            occurred_on=_DAY,
            amount=3_600_000,
            event="qh-finance/s-9/0",
            tag=_TAG,
            from_account="HENGTONG",
            to_account="QH-ZERO",
            bank_ref="R-82",
            voucher="记-17",
            reason="退款",
        ),
        "movement": bank.Movement(
            occurred_on=_DAY,
            account="QH-ZERO",
            statement="2026-06",
            line_no=17,
            direction="debit",
            amount=18_624_000,
            value_on=_DAY,
            counterparty="HENGTONG",
            bank_ref="R-78",
        ),
        "balance": bank.BankBalance(
            occurred_on=_DAY,
            account="QH-ZERO",
            statement="2026-06",
            from_on=datetime.date(2026, 6, 1),
            to_on=_DAY,
            opening=-5,
            closing=0,
            lines=17,
        ),
        "acceptance": fact.Acceptance(
            occurred_on=_DAY,
            project="P-ROAD-1",
            verdict="pass",
            milestone="m1",
            contract="QHJT-2026-009",
            value=63_000_000,
            panel=("p-1", "p-2", "p-3"),
            evidence=(_HASH,),
        ),
        "correction": control.Correction(occurred_on=_DAY, event="qh-finance/s-9/0", reason="金额记错"),
        **_agreed(),
        **_said(),
    }


def _agreed() -> dict[str, AnyEvent]:
    """Contracts, plans and lists."""
    return {
        "code": code.Code(
            occurred_on=_DAY,
            scheme="functional",
            code="2140106",
            name="公路养护",
            edition=_DAY,
            parent="21401",
        ),
        "contract": contract.Contract(
            occurred_on=_DAY,
            id="QHJT-2026-009",
            project="P-ROAD-1",
            supplier="hengtong",
            amount=120_000_000,
            category="works",
            milestones=(
                contract.ContractMilestone(id="m1", task="路基完工", amount=36_000_000, due_on=_DAY),
            ),
            advance_cap=36_000_000,
            retention=3_600_000,
            retention_until=datetime.date(2028, 6, 12),
            document="清交合〔2026〕9号",
            hash=_HASH,
        ),
        "contract_change": contract.ContractChange(
            occurred_on=_DAY,
            contract="QHJT-2026-009",
            approved_by="qh-finance",
            document="清发改〔2026〕17号",
            reason="增加涵洞",
            direction="increase",
            amount=4_000_000,
            due_on=_DAY,
            hash=_HASH,
        ),
        "settlement": contract.Settlement(
            occurred_on=_DAY,
            project="P-ROAD-1",
            amount=123_000_000,
            contract="QHJT-2026-009",
            surplus=1_000_000,
            document="清审结〔2026〕3号",
            hash=_HASH,
        ),
        "progress": contract.Progress(
            occurred_on=_DAY,
            project="P-ROAD-1",
            value=40_000_000,
            contract="QHJT-2026-009",
            milestone="m1",
            percent=33,
            evidence=(_HASH,),
        ),
        "plan": authority.Plan(
            occurred_on=_DAY,
            line="QH-2026-ROAD-7",
            period="2026-Q3",
            amount=60_000_000,
            document="清财库〔2026〕12号",
        ),
        "payee_list": fact.PayeeList(
            occurred_on=_DAY,
            fund="F-ROAD",
            period="2026-06",
            persons=132,
            amount=3_960_000,
            root=_HASH,
            line="QH-2026-ROAD-7",
            project="P-ROAD-1",
        ),
        "restitution": fact.Restitution(
            occurred_on=_DAY,
            line="QH-2026-ROAD-7",
            amount=500_000,
            event="bs-town/s-4/0",
            from_account="HENGTONG",
            to_account="BS-TOWN",
            bank_ref="R-90",
            voucher="记-18",
            reason="归还挪用资金",
        ),
    }


def _said() -> dict[str, AnyEvent]:
    """What speaks of other events."""
    return {
        "publication": fact.Publication(
            occurred_on=_DAY,
            subject="资金分配结果",
            place="https://qinghe.example/gs/41",
            hash=_HASH,
            until=_DAY,
            event="jl-finance/s-1/0",
            fund="F-ROAD",
            project="P-ROAD-1",
            contract="QHJT-2026-009",
            payee_list=_HASH,
        ),
        "waiver": authority.Waiver(
            occurred_on=_DAY,
            fund="F-ROAD",
            document="江财建〔2026〕55号",
            hash=_HASH,
            event="jl-finance/s-1/0",
            row="F03-direct",
            due_on=_DAY,
            reason="汛期",
        ),
        "disposition": control.Disposition(
            occurred_on=_DAY,
            case="c-2026-1",
            state="verified",
            finding="3f" * 16,
            content_hash=_HASH,
            parties=("bs-town",),
            text="已全额退回",
            returned=500_000,
            rebooked=1,
            recovered=2,
            exempt=3,
            basis="示例办法第9条",
            document="江审〔2026〕8号",
            sd=_COMMITMENTS,
        ),
        "objection": control.Objection(
            occurred_on=_DAY,
            id="o-1",
            event="qh-finance/s-9/0",
            text="款项与公示不符",
            days=15,
            sd=_COMMITMENTS,
        ),
        "reply": control.Reply(occurred_on=_DAY, objection="o-1", text="经核对一致", evidence=(_HASH,)),
        "erasure": control.Erasure(
            occurred_on=_DAY,
            event="qh-finance/s-9/0",
            commitments=_COMMITMENTS,
            reason="本人申请",
            document="清财〔2026〕6号",
        ),
        "period_close": control.PeriodClose(
            occurred_on=_DAY, unit="qh-finance", period="2026-06", statement=_HASH, fund="F-ROAD"
        ),
    }


def second_versions() -> dict[str, AnyEvent]:
    """One event per kind that has a version 2, with what only that version says."""
    first = specimens()
    replace = msgspec.structs.replace
    upper_event = upper.UpperEvent(
        origin="ledger.example/centre/2026",
        genesis=_HASH,
        event="mof/s-1/0",
        leaf=_HASH,
        line="C-7",
        receipt=_HASH,
    )
    amount = fund_terms.MatchingAmount(amount=5_000_000, level="county", due_on=_DAY, basis="示例办法第6条")
    return {
        "allocation/2": replace(first["allocation"], v=2, action="receive", source=upper_event),
        "fund/2": replace(
            first["fund"],
            v=2,
            matching_amounts=(amount,),
            acceptance=fund_terms.AcceptanceRule(days=30, unit="working", panel=3, basis="示例办法第7条"),
            retention=fund_terms.RetentionRule(num=3, den=100, days=730, basis="建质〔2017〕138号"),
            class_edition=_DAY,
            upper=upper.UpperFund(origin="ledger.example/centre/2026", genesis=_HASH, fund="C-ROAD"),
        ),
        "key/2": replace(first["key"], v=2, custody="device"),
        "party/2": replace(first["party"], v=2, division_edition=_DAY),
        "policy/2": replace(
            first["policy"],
            v=2,
            ledgers=(
                upper.UpperLedger(
                    origin="ledger.example/centre/2026",
                    genesis=_HASH,
                    vkeys=LogSigner(signers=(signer_named("specimen"),)).vkeys("ledger.example/centre/2026"),
                ),
            ),
        ),
        "project/2": replace(first["project"], v=2, division_edition=_DAY),
    }
