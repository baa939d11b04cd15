# SPDX-License-Identifier: Apache-2.0
"""Statements as files that a bureau hands in: a workbook, or pages to print; the figures are `verifier.statement`'s."""
