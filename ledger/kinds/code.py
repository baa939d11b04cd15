# SPDX-License-Identifier: Apache-2.0
"""Codes of published classifications (代码登记): what a code is called, in which edition. Admitted by a policy event."""

import datetime
from typing import Literal

from ledger.kinds.form import ClassCode, Event, Text

Scheme = Literal[
    "division", "functional", "economic", "government_economic", "fund_nature", "budget_level", "pay_type"
]
"""Administrative divisions 行政区划, functional classes 功能分类, economic classes of departments 部门经济分类 and of
government 政府经济分类, nature of money 资金性质, budget level 预算级次, way of paying 支付方式."""


class Code(Event, frozen=True, kw_only=True, tag="code"):
    """One code of a classification, as (code, name, edition); `edition` is the date from which that edition holds.

    Once per scheme, edition and code. `parent` is the code above it in the same edition.
    """

    scheme: Scheme
    code: ClassCode
    name: Text
    edition: datetime.date
    parent: ClassCode | None = None
