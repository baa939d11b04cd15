# SPDX-License-Identifier: Apache-2.0
"""Rule packs as data: default parameters with unit, legal basis and how well that basis is known."""
