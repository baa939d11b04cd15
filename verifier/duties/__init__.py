# SPDX-License-Identifier: Apache-2.0
"""Duties (时限责任): what somebody owes by a day under a policy row, judged matter by matter."""
