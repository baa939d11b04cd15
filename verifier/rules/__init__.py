# SPDX-License-Identifier: Apache-2.0
"""One rule of the catalogue per file; each declares its `RULE` and knows no other rule."""
