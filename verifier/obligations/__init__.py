# SPDX-License-Identifier: Apache-2.0
"""时限与配套: who owes what by when; what met it."""
