# SPDX-License-Identifier: Apache-2.0
"""Sessions without passwords: a registered key signs a challenge (spec §3.9)."""
