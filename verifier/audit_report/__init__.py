# SPDX-License-Identifier: Apache-2.0
"""The report of an audit (审计报告) as values: one model for pages, prints, workbooks and programs."""
