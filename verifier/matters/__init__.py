# SPDX-License-Identifier: Apache-2.0
"""Matters (事项): what one judgement is about, such as a contract, an invoice, a line; each is judged by its own facts."""
