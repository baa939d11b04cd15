# SPDX-License-Identifier: Apache-2.0
"""Evidence about single entries that stands without the ledger: receipts and packs."""
