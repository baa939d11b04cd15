# SPDX-License-Identifier: Apache-2.0
"""Statements of a period: receipts, payments and balances, lines, bank reconciliation, what is due; all with entries."""
