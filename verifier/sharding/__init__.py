# SPDX-License-Identifier: Apache-2.0
"""One judgement by several hands: rows dealt out by account and by matter, judged by the same functions anywhere."""
