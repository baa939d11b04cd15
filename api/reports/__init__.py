# SPDX-License-Identifier: Apache-2.0
"""Reports of audits as a page, a print and a workbook; what they say is `verifier.audit_report`'s."""
