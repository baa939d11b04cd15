# SPDX-License-Identifier: Apache-2.0
"""What the kinds of events that move money are called in text for people, as the portal calls them."""

from typing import Final

from verifier.language import Told

KIND_WORDS: Final[dict[str, Told]] = {
    "disbursement": Told(zh="拨付", en="disbursement"),
    "transfer": Told(zh="资金划转", en="transfer"),
    "use": Told(zh="使用", en="use"),
    "interest": Told(zh="利息", en="interest"),
    "matching_receipt": Told(zh="配套到位", en="match received"),
    "return": Told(zh="退回", en="return"),
    "restitution": Told(zh="归垫", en="restitution"),
}
