# SPDX-License-Identifier: Apache-2.0
"""Whether the record is whole: I1 to I10, trust from outside, verdicts."""
