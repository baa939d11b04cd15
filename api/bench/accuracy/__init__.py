# SPDX-License-Identifier: Apache-2.0
"""How right the rules are, beside plain methods that anybody would try first: the figures of docs/accuracy.md."""
