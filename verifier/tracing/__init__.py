# SPDX-License-Identifier: Apache-2.0
"""资金流向: what accounts owe funds, what they lost, and where the money is."""
