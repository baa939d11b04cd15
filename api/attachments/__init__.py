# SPDX-License-Identifier: Apache-2.0
"""Evidence files (附件): content in a store of its own, taken in only if a registered event names it."""
