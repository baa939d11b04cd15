# SPDX-License-Identifier: Apache-2.0
"""Drafts: a submission on its way from the maker to everybody who signs it (spec §3.10, docs/bureau/drafts.md)."""
