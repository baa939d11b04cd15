# SPDX-License-Identifier: Apache-2.0
"""Payments of earmarked money, one by one: what each says of itself, and what the registers said of it then."""
