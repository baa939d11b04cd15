# SPDX-License-Identifier: Apache-2.0
"""What a judgement rests on: the shape of a finding, rule packs, working days."""
